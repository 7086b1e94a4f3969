import { ImportWorld, KAFKA, TARGET } from '../support/import-world'

let world: ImportWorld

beforeEach(() => {
  world = new ImportWorld()
})

const refused = (message: string | RegExp, exitCode = 1) => ({
  name: 'CommandFailure',
  exitCode,
  message: expect.stringMatching(message),
})

const nothingWasCopied = () =>
  world.disk.stat(TARGET) === null ||
  !world.disk.list(TARGET).some(name => world.disk.stat(`${TARGET}/${name}`)?.isDirectory)

describe('nothing is imported', () => {
  afterEach(async () => {
    expect(nothingWasCopied()).toBe(true)
    expect(world.announced).toEqual([])
  })

  test('from what is no directory', async () => {
    world.write('/file', '')
    for (const path of ['/nowhere', '/file']) {
      await expect(world.import({ sources: [path] })).rejects.toMatchObject(refused('is not a directory', 2))
    }
  })

  test('from what is no log directory', async () => {
    world.disk.makeDirectory('/home/orders-0')
    await expect(world.import({ sources: ['/home'] })).rejects.toMatchObject(refused('not a log directory of Kafka', 2))
  })

  test('from what a broker uses', async () => {
    const lock = world.disk.lock(`${KAFKA}/.lock`)
    await expect(world.import()).rejects.toMatchObject(refused(`${KAFKA} is in use: stop its broker first`))
    lock.release()
  })

  test('into what a broker uses', async () => {
    world.disk.makeDirectory(TARGET)
    const lock = world.disk.lock(`${TARGET}/.lock`)
    await expect(world.import()).rejects.toMatchObject(refused('in use by another broker'))
    lock.release()
  })

  test('into itself', async () => {
    await expect(world.import({ target: KAFKA })).rejects.toMatchObject(refused('cannot be imported into itself', 2))
  })

  test('when meta.properties or a topic id cannot be read', async () => {
    world.write(`${KAFKA}/plain-0/partition.metadata`, 'nonsense')
    await expect(world.import()).rejects.toMatchObject(refused(`${KAFKA}/plain-0/partition.metadata`))
    world.write(`${KAFKA}/meta.properties`, 'version=7')
    await expect(world.import()).rejects.toMatchObject(refused(`${KAFKA}/meta.properties`))
  })

  test('of messages that no broker of ours could read', async () => {
    const message = Buffer.alloc(60)
    message.writeInt32BE(48, 8)
    message[16] = 1
    world.write(`${KAFKA}/empty-0/00000000000000000000.log`, message)
    await expect(world.import()).rejects.toMatchObject(refused('messages of a format from before Kafka 0.11'))
  })

  test('when the disk of the target is full', async () => {
    world.disk.faults.failWhen(({ path, operation }) => operation === 'makeDirectory' && path === TARGET, 'ENOSPC')
    await expect(world.import()).rejects.toMatchObject(refused('ENOSPC'))
  })
})

test('a topic that is there already keeps all others out', async () => {
  await world.import()
  const [before, announced] = [world.disk.list(TARGET), [...world.announced]]
  await expect(world.import()).rejects.toMatchObject(refused(/nothing was imported:[\s\S]*topic plain exists already/))
  expect(world.disk.list(TARGET)).toEqual(before)
  expect(world.announced).toEqual(announced)
})

test('whatever happens, the target is free again afterwards', async () => {
  await world.import()
  await expect(world.import()).rejects.toThrow()
  expect(world.disk.isLocked(`${TARGET}/.lock`)).toBe(false)
})
