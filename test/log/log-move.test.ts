import { ErrorCode } from '../../protocol/errors'
import { encodeBatch } from '../../protocol/records/record-batch'
import { clean } from '../support/compacted-log'
import {
  append,
  appendBatch,
  endTransaction,
  LogWorld,
  type LogWorldOptions,
  record,
  valuesOf,
} from '../support/log-directories'

const TWO = { paths: ['/a', '/b'] }

/** A world of two directories, with a log in /a. */
const worldWithLog = async (options: LogWorldOptions = {}): Promise<LogWorld> => {
  const world = new LogWorld({ ...options, config: { segmentBytes: 400, ...options.config } })
  await world.open(TWO)
  expect(world.log().directory).toBe('/a')
  return world
}

const fill = async (world: LogWorld, count: number): Promise<string[]> => {
  const values: string[] = []
  for (let n = 0; n < count; n++) {
    values.push(`value ${world.log().nextOffset}`)
    append(world.log(), values.at(-1)!)
    await world.timers.settle()
  }
  world.log().highWatermark = world.log().logEndOffset
  return values
}

const foldersIn = (world: LogWorld, path: string): string[] =>
  world.disk.list(path).filter(name => name.startsWith('topic'))

const cleanerCheckpoints = (world: LogWorld): (string | undefined)[] =>
  TWO.paths.map(path => world.disk.readFile(`${path}/cleaner-offset-checkpoint`)?.toString())

describe('a log that moves to another directory', () => {
  test('has there all that it had, and nothing is left behind', async () => {
    const world = await worldWithLog()
    const log = world.log()
    const values = await fill(world, 20)
    appendBatch(log, { producerId: 5, producerEpoch: 0, baseSequence: 0, isTransactional: true, leaderEpoch: 3 })
    endTransaction(log, { producerId: 5, isCommit: false })
    await world.timers.settle()
    log.highWatermark = 22
    log.deleteRecordsBefore(3)
    const before = { producers: log.activeProducers(), start: log.logStartOffset, end: log.logEndOffset }
    expect(world.directories.move('topic', 0, '/b')).toBe(ErrorCode.NONE)
    await world.timers.advance(1)
    expect(log).toMatchObject({ directory: '/b', folder: '/b/topic-0', highWatermark: 22, latestLeaderEpoch: 3 })
    expect({ producers: log.activeProducers(), start: log.logStartOffset, end: log.logEndOffset }).toEqual(before)
    expect(log.abortedTransactions(0, 22)).toMatchObject([{ producerId: 5, firstOffset: 20 }])
    expect((await valuesOf(log)).slice(0, 17)).toEqual(values.slice(3))
    expect([foldersIn(world, '/a'), foldersIn(world, '/b')]).toEqual([[], ['topic-0']])
    expect(world.directories.directories().map(({ logs }) => logs)).toEqual([[], [log]])
    expect(append(log, 'after').baseOffset).toBe(22)
    await world.timers.settle()
    expect(log.logEndOffset).toBe(23)
  })

  test('is there after a restart and after a crash', async () => {
    const world = await worldWithLog({ crashable: true })
    const values = await fill(world, 10)
    world.directories.move('topic', 0, '/b')
    await world.timers.advance(1)
    world.crash({ keepPageCache: false })
    await world.open(TWO)
    expect(world.log().directory).toBe('/b')
    expect(await valuesOf(world.log())).toEqual(values)
    await world.close()
    await world.open(TWO)
    expect(await valuesOf(world.log())).toEqual(values)
  })

  test('takes records all the while', async () => {
    const completions: (() => void)[] = []
    const world = await worldWithLog({ schedule: complete => completions.push(complete) })
    const log = world.log()
    const appended: string[] = []
    let refused = 0
    for (let n = 0; n < 200 && log.directory === '/a'; n++) {
      if (n === 20) world.directories.move('topic', 0, '/b')
      const result = append(log, `value ${n}`)
      if (result.errorCode === ErrorCode.NONE) appended.push(`value ${n}`)
      else refused++
      completions.shift()?.()
      await world.timers.settle()
    }
    expect(log.directory).toBe('/b')
    expect(refused).toBeLessThan(20)
    append(log, 'last')
    while (log.logEndOffset < log.nextOffset || completions.length > 0) {
      completions.shift()?.()
      await world.timers.settle()
    }
    expect(await valuesOf(log)).toEqual([...appended, 'last'])
  })

  test('is copied from the beginning again when it is cut meanwhile', async () => {
    const completions: (() => void)[] = []
    const world = await worldWithLog({ schedule: complete => completions.push(complete) })
    const log = world.log()
    for (let n = 0; n < 10; n++) append(log, `value ${n}`)
    await world.timers.settle()
    world.directories.move('topic', 0, '/b')
    await world.timers.settle()
    const truncation = log.truncateTo(5)
    for (let n = 0; n < 100; n++) {
      completions.shift()?.()
      await world.timers.advance(1)
    }
    await truncation
    expect(log.directory).toBe('/b')
    expect(await valuesOf(log)).toEqual(['value 0', 'value 1', 'value 2', 'value 3', 'value 4'])
    expect(foldersIn(world, '/b')).toEqual(['topic-0'])
  })

  test('may have the gaps of compaction', async () => {
    const world = await worldWithLog({ config: { cleanupPolicy: { compact: true, delete: false } } })
    const log = world.log()
    for (const baseOffset of [0, 4, 9]) {
      const batch = encodeBatch({ baseOffset, partitionLeaderEpoch: 0, records: [record(`at ${baseOffset}`)] })
      log.append(batch, { origin: 'replication', leaderEpoch: 0, now: 0 })
    }
    await world.timers.settle()
    world.directories.move('topic', 0, '/b')
    await world.timers.advance(1)
    expect(log).toMatchObject({ directory: '/b', logEndOffset: 10 })
    expect(await valuesOf(log)).toEqual(['at 0', 'at 4', 'at 9'])
  })

  test('is not compacted again as far as it was', async () => {
    const world = await worldWithLog({
      config: { cleanupPolicy: { compact: true, delete: false }, minCleanableDirtyRatio: 0 },
    })
    const log = world.log()
    for (let n = 0; n < 20; n++) appendBatch(log, { records: [record(`value ${n}`, { key: Buffer.from(`${n % 3}`) })] })
    await world.timers.settle()
    log.highWatermark = log.logEndOffset
    await clean(world)
    const { cleanedUpTo } = log.compaction
    expect(cleanedUpTo).toBeGreaterThan(0)
    world.directories.move('topic', 0, '/b')
    await world.timers.advance(1)
    expect(log.directory).toBe('/b')
    expect(log.compaction.cleanedUpTo).toBe(cleanedUpTo)
    expect(cleanerCheckpoints(world)).toEqual(['0\n0\n', `0\n1\ntopic 0 ${cleanedUpTo}\n`])
    world.crash({ keepPageCache: true })
    await world.open(TWO)
    expect(world.log().compaction.cleanedUpTo).toBe(cleanedUpTo)
  })

  test('without records moves, too', async () => {
    const world = await worldWithLog()
    world.directories.move('topic', 0, '/b')
    await world.timers.advance(1)
    expect(world.log()).toMatchObject({ directory: '/b', logEndOffset: 0 })
  })

  test('knows leader epochs of which its batches do not tell', async () => {
    const world = await worldWithLog({ config: { cleanupPolicy: { compact: true, delete: false } } })
    const log = world.log()
    log.beginEpoch(2)
    const batch = encodeBatch({
      baseOffset: 4,
      partitionLeaderEpoch: 2,
      records: [record('those before are compacted')],
    })
    log.append(batch, { origin: 'replication', leaderEpoch: 2, now: 0 })
    await world.timers.settle()
    log.beginEpoch(3)
    world.directories.move('topic', 0, '/b')
    await world.timers.advance(1)
    expect(log).toMatchObject({ directory: '/b', latestLeaderEpoch: 3 })
    expect([1, 2, 3].map(epoch => log.endOffsetForEpoch(epoch))).toEqual([
      { leaderEpoch: 1, endOffset: 0 },
      { leaderEpoch: 2, endOffset: 5 },
      { leaderEpoch: 3, endOffset: 5 },
    ])
  })
})

describe('a move', () => {
  test('needs a log and a directory that are there', async () => {
    const world = await worldWithLog()
    expect(world.directories.move('topic', 0, '/c')).toBe(ErrorCode.LOG_DIR_NOT_FOUND)
    expect(world.directories.move('topic', 1, '/b')).toBe(ErrorCode.REPLICA_NOT_AVAILABLE)
    expect(world.directories.move('topic', 0, '/a')).toBe(ErrorCode.NONE)
    await world.timers.settle()
    expect(world.log().directory).toBe('/a')
  })

  test('is shown while it is under way, and ends when it is taken back', async () => {
    const completions: (() => void)[] = []
    const world = await worldWithLog({ schedule: complete => completions.push(complete) })
    append(world.log(), 'a')
    await world.timers.settle()
    world.directories.move('topic', 0, '/b')
    await world.timers.settle()
    expect(world.directories.directories()[1]!.futures).toMatchObject([{ topic: 'topic', partition: 0 }])
    expect(foldersIn(world, '/b')).toEqual([expect.stringMatching(/^topic-0\.[0-9a-f]{32}-future$/)])
    world.directories.move('topic', 0, '/a')
    while (completions.length > 0) {
      completions.shift()!()
      await world.timers.advance(1)
    }
    expect(world.log().directory).toBe('/a')
    expect(world.directories.directories()[1]!.futures).toEqual([])
    expect(foldersIn(world, '/b')).toEqual([])
  })

  test('to a disk that fails leaves the log where it is', async () => {
    const world = await worldWithLog()
    const values = await fill(world, 5)
    world.disk.faults.failWhen(({ operation, path }) => operation === 'write' && path.startsWith('/b'), 'ENOSPC')
    expect(world.directories.move('topic', 0, '/b')).toBe(ErrorCode.NONE)
    await world.timers.advance(1)
    expect(world.failedDirectories).toEqual(['/b'])
    expect(world.log()).toMatchObject({ directory: '/a', isOffline: false })
    expect(await valuesOf(world.log())).toEqual(values)
    expect(world.directories.move('topic', 0, '/b')).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  })

  test('of a log that is deleted ends', async () => {
    const completions: (() => void)[] = []
    const world = await worldWithLog({ schedule: complete => completions.push(complete) })
    append(world.log(), 'a')
    await world.timers.settle()
    world.directories.move('topic', 0, '/b')
    await world.timers.settle()
    world.directories.delete('topic', 0)
    while (completions.length > 0) {
      completions.shift()!()
      await world.timers.advance(1)
    }
    expect([...foldersIn(world, '/a'), ...foldersIn(world, '/b')]).toEqual([])
    expect(world.failedDirectories).toEqual([])
  })

  test('is given up when the broker stops', async () => {
    const world = await worldWithLog()
    const values = await fill(world, 5)
    world.directories.move('topic', 0, '/b')
    await world.close()
    await world.open(TWO)
    await world.timers.advance(1)
    expect(await valuesOf(world.log())).toEqual(values)
    expect([...foldersIn(world, '/a'), ...foldersIn(world, '/b')]).toEqual(['topic-0'])
  })
})

test('a crash at any call of the disk leaves a log that moves in one of the two directories, whole', async () => {
  for (let survives = 0; ; survives++) {
    const world = await worldWithLog({ crashable: true, seed: survives })
    const values = await fill(world, 6)
    await world.run(world.log().flush())
    let calls = 0
    world.disk.faults.failWhen(() => ++calls > survives, 'EIO')
    world.directories.move('topic', 0, '/b')
    await world.timers.advance(1)
    const isThrough = calls <= survives
    world.disk.faults.clear()
    world.crash({ keepPageCache: survives % 2 === 0 })
    await world.open(TWO)
    expect(await valuesOf(world.log())).toEqual(values)
    if (isThrough) break
  }
})
