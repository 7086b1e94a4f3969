import { ErrorCode } from '../../protocol/errors'
import { readMetaProperties, writeMetaProperties } from '../../src/log/meta-properties'
import { readPartitionMetadata } from '../../src/log/partition-metadata'
import { diskFrom, imageOf } from '../support/disk-image'
import { append, DATA, LogWorld, TOPIC_ID, topicConfig, valuesOf } from '../support/log-directories'

const OTHER_ID = 'b3RoZXItaWQtMTIzNDU2Nw'
const TWO = { paths: ['/a', '/b'] }

describe('opening log directories', () => {
  test('makes them, says whose they are, and finds them again', async () => {
    const world = new LogWorld()
    const [state] = (await world.open()).directories()
    expect(readMetaProperties(world.disk, DATA)).toEqual({
      clusterId: 'cluster',
      nodeId: 1,
      directoryId: state!.directoryId,
    })
    await world.close()
    const [again] = (await world.open()).directories()
    expect(again).toMatchObject({ path: DATA, directoryId: state!.directoryId, isOffline: false, logs: [] })
  })

  test.each([
    [{ clusterId: 'other', nodeId: 1, directoryId: 'd' }, '/data/meta.properties says cluster.id=other'],
    [{ clusterId: 'cluster', nodeId: 2, directoryId: 'd' }, '/data/meta.properties says node.id=2'],
  ])('refuses those of somebody else: %j', async (properties, message) => {
    const world = new LogWorld()
    world.disk.makeDirectory(DATA)
    writeMetaProperties(world.disk, DATA, properties)
    await expect(world.open()).rejects.toThrow(message)
    world.disk.lock(`${DATA}/.lock`).release()
  })

  test('completes what another program left out of meta.properties', async () => {
    const world = new LogWorld()
    world.disk.makeDirectory(DATA)
    writeMetaProperties(world.disk, DATA, { clusterId: 'cluster', nodeId: null, directoryId: null })
    await world.open()
    expect(readMetaProperties(world.disk, DATA)).toMatchObject({ clusterId: 'cluster', nodeId: 1 })
  })

  test('refuses those in use', async () => {
    const world = new LogWorld()
    await world.open()
    await expect(world.open()).rejects.toThrow('/data is in use by another broker')
    await world.close()
    await world.open()
  })

  test('refuses two with the same id, which were copied', async () => {
    const world = new LogWorld()
    for (const path of TWO.paths) {
      world.disk.makeDirectory(path)
      writeMetaProperties(world.disk, path, { clusterId: 'cluster', nodeId: 1, directoryId: 'same' })
    }
    await expect(world.open(TWO)).rejects.toThrow('same directory.id')
  })

  test('carries on with those that work', async () => {
    const world = new LogWorld()
    const repair = world.disk.faults.failWhen(({ path }) => path.startsWith('/a/'), 'EIO')
    await world.open(TWO)
    expect(world.directories.directories()).toMatchObject([{ isOffline: true, totalBytes: -1 }, { isOffline: false }])
    expect(world.failedDirectories).toEqual(['/a'])
    repair()
  })

  test('fails when none works', async () => {
    const world = new LogWorld()
    world.disk.faults.failWhen(({ operation }) => operation === 'lock', 'EROFS')
    await expect(world.open(TWO)).rejects.toThrow('None of the log directories can be used')
  })

  test('recovers logs and tells how far it is', async () => {
    const world = new LogWorld()
    await world.open()
    for (let partition = 0; partition < 20; partition++) append(world.log('topic', partition), `value ${partition}`)
    await world.timers.settle()
    world.crash({ keepPageCache: true })
    let monotonic = 0
    const clock = { now: () => 1_000_000, monotonic: () => (monotonic += 500) }
    await world.open({ clock })
    const told = world.logger.at('info')
    expect(told[0]).toMatchObject({ message: expect.stringMatching(/not in order/), fields: { logs: 20 } })
    expect(told.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^loaded \d+ of 20 logs$/))
    for (let partition = 0; partition < 20; partition++) {
      expect(await valuesOf(world.log('topic', partition))).toEqual([`value ${partition}`])
    }
  })

  test('removes what was on its way out, and leaves alone what is no log of ours', async () => {
    const names = [
      'topic-0.abc-delete',
      'topic-1.abc-future',
      'topic-2.abc-stray',
      '__cluster_metadata-0',
      'lost+found',
    ]
    const image = new Map(names.map(name => [`${DATA}/${name}/file`, Buffer.from('x')] as const))
    const world = new LogWorld({ disk: diskFrom(image) })
    await world.open()
    await world.timers.advance(1)
    expect([...world.directories.logs()]).toEqual([])
    const left = world.disk.list(DATA)
    expect(names.filter(name => left.includes(name))).toEqual(names.slice(2))
  })
})

describe('a new log', () => {
  test('goes to the directory with the fewest', async () => {
    const world = new LogWorld()
    await world.open(TWO)
    const directories = [0, 1, 2, 3].map(partition => world.log('topic', partition).directory)
    expect(directories).toEqual(['/a', '/b', '/a', '/b'])
    expect(readPartitionMetadata(world.disk, '/a/topic-0')).toBe(TOPIC_ID)
  })

  test('puts one of another topic of that name aside', async () => {
    const world = new LogWorld()
    await world.open()
    append(world.log(), 'old')
    await world.timers.settle()
    const log = world.directories.create('topic', 0, OTHER_ID, world.config)
    expect(log).toMatchObject({ topicId: OTHER_ID, logEndOffset: 0 })
    expect(world.disk.list(DATA).filter(name => name.endsWith('-stray'))).toHaveLength(1)
    expect(world.directories.get('topic', 0)).toBe(log)
  })

  test('is one that is there, when that does not know its topic', async () => {
    const world = new LogWorld()
    await world.open()
    append(world.log(), 'kept')
    await world.close()
    world.disk.remove(`${DATA}/topic-0/partition.metadata`)
    await world.open()
    const log = world.directories.create('topic', 0, OTHER_ID, world.config)
    expect(await valuesOf(log)).toEqual(['kept'])
    expect(log.topicId).toBe(OTHER_ID)
    await world.close()
    await world.open()
    expect(world.directories.get('topic', 0)?.topicId).toBe(OTHER_ID)
  })

  test('does not inherit offsets from one of that name that was just deleted', async () => {
    const world = new LogWorld()
    await world.open()
    for (const value of ['a', 'b', 'c']) append(world.log(), value)
    await world.timers.settle()
    world.log().highWatermark = 3
    world.log().deleteRecordsBefore(3)
    await world.timers.advance(60_000)
    world.directories.delete('topic', 0)
    append(world.log(), 'new')
    await world.timers.settle()
    world.crash({ keepPageCache: true })
    await world.open()
    expect(await valuesOf(world.log())).toEqual(['new'])
  })
})

describe('a deleted log', () => {
  test('is gone at once, and its files after a delay', async () => {
    const world = new LogWorld({ config: { fileDeleteDelayMs: 1_000 } })
    await world.open()
    const log = world.log()
    append(log, 'a')
    world.directories.delete('topic', 0)
    expect(world.directories.get('topic', 0)).toBeUndefined()
    expect(append(log, 'b').errorCode).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    const folders = () => world.disk.list(DATA).filter(name => name.startsWith('topic'))
    expect(folders()).toEqual([expect.stringMatching(/^topic-0\.[0-9a-f]{32}-delete$/)])
    await world.timers.advance(1_000)
    expect(folders()).toEqual([])
    expect(world.failedDirectories).toEqual([])
  })

  test('may have a write, a read and a flush under way', async () => {
    const completions: (() => void)[] = []
    const world = new LogWorld({ config: { flushMessages: 1 }, schedule: complete => completions.push(complete) })
    await world.open({ tailCacheBytes: 0 })
    const log = world.log()
    append(log, 'a')
    await world.timers.settle()
    world.directories.delete('topic', 0)
    await world.timers.advance(1_000)
    while (completions.length > 0) completions.shift()!()
    await world.timers.settle()
    expect(world.failedDirectories).toEqual([])
  })
})

describe('offsets', () => {
  test('are saved now and then, so that a crash does not lose them', async () => {
    const world = new LogWorld({ crashable: true })
    await world.open()
    for (const value of ['a', 'b', 'c']) append(world.log(), value)
    await world.run(world.log().flush())
    world.log().highWatermark = 2
    await world.timers.advance(60_000)
    world.crash({ keepPageCache: false })
    await world.open()
    expect(world.log()).toMatchObject({ highWatermark: 2, recoveryPoint: 3 })
  })

  test('are not saved again while they stay the same', async () => {
    const world = new LogWorld()
    await world.open()
    append(world.log(), 'a')
    await world.timers.advance(300_000)
    world.disk.faults.failWhen(({ operation }) => operation === 'write' || operation === 'sync', 'EIO')
    await world.timers.advance(300_000)
    expect(world.failedDirectories).toEqual([])
  })
})

describe('closing', () => {
  test('leaves everything flushed and the directory free, with the marker of a clean stop', async () => {
    const world = new LogWorld({ crashable: true, config: { segmentBytes: 150 } })
    await world.open()
    for (let n = 0; n < 5; n++) append(world.log(), `value ${n}`)
    await world.run(world.directories.close(42))
    world.crash({ keepPageCache: false })
    expect(JSON.parse(world.disk.readFile(`${DATA}/.kafka_cleanshutdown`)!.toString())).toMatchObject({
      brokerEpoch: 42,
    })
    await world.open()
    expect(await valuesOf(world.log())).toEqual(Array.from({ length: 5 }, (_, n) => `value ${n}`))
    expect(world.logger.at('warn')).toEqual([])
  })

  test('of two folders of one partition the one with more is served after the start', async () => {
    const world = new LogWorld()
    await world.open({ paths: ['/a'] })
    for (const value of ['a', 'b']) append(world.log(), value)
    await world.close()
    const image = new Map(imageOf(world.disk, '/a'))
    const shorter = new LogWorld({ seed: 2 })
    await shorter.open({ paths: ['/b'] })
    append(shorter.log(), 'a')
    await shorter.close()
    for (const [path, content] of imageOf(shorter.disk, '/b')) image.set(path, content)
    for (const paths of [
      ['/a', '/b'],
      ['/b', '/a'],
    ]) {
      const both = new LogWorld({ disk: diskFrom(image) })
      await both.open({ paths })
      expect(await valuesOf(both.log())).toEqual(['a', 'b'])
      expect(both.disk.list('/b').filter(name => name.endsWith('-stray'))).toHaveLength(1)
    }
  })
})

test('many partitions are written to without a timer for each', async () => {
  const world = new LogWorld()
  await world.open()
  const before = world.timers.pendingCount
  for (let partition = 0; partition < 2_000; partition++) append(world.log('topic', partition), 'x')
  await world.timers.settle()
  expect(world.timers.pendingCount).toBe(before)
  expect(world.directories.directories()[0]!.logs).toHaveLength(2_000)
})

test('settings of logs that are found are asked for by topic', async () => {
  const world = new LogWorld()
  await world.open()
  append(world.log('small'), 'a')
  await world.close()
  await world.open({ topicConfig: topic => topicConfig({ maxMessageBytes: topic === 'small' ? 10 : 1_000 }) })
  expect(append(world.log('small'), 'a').errorCode).toBe(ErrorCode.MESSAGE_TOO_LARGE)
})
