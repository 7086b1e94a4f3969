/** What a failing disk takes with it, and what it does not. */
import { ErrorCode } from '../../protocol/errors'
import type { DiskOperation } from '../../src/io/memory/disk-faults'
import type { PartitionLog } from '../../src/log/partition-log'
import { append, LogWorld, type LogWorldOptions, valuesOf } from '../support/log-directories'

interface Setting {
  readonly world: LogWorld
  /** In /a, which is going to fail. */
  readonly failing: PartitionLog
  /** Beside it in /a. */
  readonly neighbour: PartitionLog
  /** In /b. */
  readonly other: PartitionLog
}

const setting = async (options: LogWorldOptions = {}): Promise<Setting> => {
  const world = new LogWorld(options)
  await world.open({ paths: ['/a', '/b'], tailCacheBytes: 0 })
  const [failing, other, neighbour] = [0, 1, 2].map(partition => world.log('topic', partition))
  for (const log of [failing!, other!, neighbour!]) append(log, 'before')
  await world.timers.settle()
  return { world, failing: failing!, neighbour: neighbour!, other: other! }
}

const failIn = (world: LogWorld, directory: string, operation: DiskOperation, code: string): (() => void) =>
  world.disk.faults.failWhen(call => call.operation === operation && call.path.startsWith(directory), code)

/** /a is offline for good although the disk works again, /b goes on. */
const expectIsolated = async ({ world, failing, neighbour, other }: Setting): Promise<void> => {
  world.disk.faults.clear()
  for (const log of [failing, neighbour]) {
    expect(log.isOffline).toBe(true)
    expect(append(log, 'x').errorCode).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await log.read({ offset: 0, maxBytes: 100, upTo: 1, minOneBatch: true })).toMatchObject({
      errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
    })
    expect(log.deleteRecordsBefore(0)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await log.offsetForTimestamp(0, 1)).toBeNull()
    await world.run(log.flush())
    await world.run(log.truncateTo(0))
  }
  expect(append(other, 'after').errorCode).toBe(ErrorCode.NONE)
  await world.timers.settle()
  expect(await valuesOf(other)).toContain('after')
  expect(world.failedDirectories).toEqual(['/a'])
  expect(world.allFailed).toEqual([])
  expect(world.directories.directories().map(({ isOffline }) => isOffline)).toEqual([true, false])
}

describe.each(['EIO', 'ENOSPC', 'ESHORT'])('a write that fails with %s', code => {
  test('takes its directory offline, tells the waiting, and is never tried again', async () => {
    const all = await setting()
    const { world, failing } = all
    failIn(world, '/a/', 'write', code)
    const seen: [number, boolean][] = []
    failing.onAdvance = () => seen.push([failing.logEndOffset, failing.isOffline])
    append(failing, 'lost')
    await world.timers.settle()
    expect(seen).toEqual([[1, true]])
    await expectIsolated(all)
  })

  test('through the thread pool does the same', async () => {
    const all = await setting({ config: { flushMessages: 1 } })
    failIn(all.world, '/a/', 'write', code)
    append(all.failing, 'lost')
    append(all.failing, 'lost, too')
    await all.world.timers.settle()
    await expectIsolated(all)
  })
})

test('a full disk takes its directory offline', async () => {
  const world = new LogWorld({ capacityBytes: 10_000 })
  await world.open()
  const log = world.log()
  while (!log.isOffline) {
    append(log, 'x'.repeat(500))
    await world.timers.settle()
  }
  expect(world.allFailed).toHaveLength(1)
})

test('a flush that fails takes its directory offline before anything counts as flushed', async () => {
  const all = await setting({ config: { flushMessages: 1 } })
  failIn(all.world, '/a/', 'sync', 'EIO')
  append(all.failing, 'lost')
  await all.world.timers.settle()
  expect([all.failing.logEndOffset, all.failing.recoveryPoint]).toEqual([1, 1])
  await expectIsolated(all)
})

test('a flush behind the scenes that fails takes its directory offline', async () => {
  const all = await setting({ config: { segmentBytes: 100 } })
  failIn(all.world, '/a/', 'sync', 'EIO')
  append(all.failing, 'rolls')
  await all.world.timers.settle()
  await expectIsolated(all)
})

test('a segment that cannot be made takes its directory offline', async () => {
  const all = await setting({ config: { segmentBytes: 100 } })
  failIn(all.world, '/a/', 'open', 'ENOSPC')
  expect(append(all.failing, 'rolls').errorCode).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  await expectIsolated(all)
})

test('a read that fails takes its directory offline', async () => {
  const all = await setting()
  failIn(all.world, '/a/', 'read', 'EIO')
  const read = all.failing.read({ offset: 0, maxBytes: 100, upTo: 1, minOneBatch: true })
  expect(await read).toMatchObject({ errorCode: ErrorCode.KAFKA_STORAGE_ERROR })
  await expectIsolated(all)
})

test('a truncation that fails takes its directory offline', async () => {
  const all = await setting()
  failIn(all.world, '/a/', 'truncate', 'EIO')
  await all.world.run(all.failing.truncateTo(0))
  await expectIsolated(all)
})

test('a rename that fails in retention takes its directory offline', async () => {
  const all = await setting({ config: { retentionMs: 0 } })
  all.failing.highWatermark = 1
  failIn(all.world, '/a/', 'rename', 'EIO')
  await all.world.timers.advance(300_000)
  await expectIsolated(all)
})

test('a checkpoint that cannot be saved takes its directory offline', async () => {
  const all = await setting()
  all.failing.highWatermark = 1
  failIn(all.world, '/a/replication-offset-checkpoint', 'open', 'EROFS')
  await all.world.timers.advance(5_000)
  await expectIsolated(all)
})

test('when the last directory fails the broker is told, once', async () => {
  const { world, failing, other } = await setting()
  world.disk.faults.failWhen(({ operation }) => operation === 'write', 'EIO')
  for (const log of [failing, other]) append(log, 'lost')
  await world.timers.settle()
  expect(world.failedDirectories).toEqual(['/a', '/b'])
  expect(world.allFailed).toHaveLength(1)
  expect(world.logger.at('error')).toHaveLength(2)
})

test('a new log goes to a directory that works', async () => {
  const { world } = await setting()
  failIn(world, '/a/', 'makeDirectory', 'EIO')
  expect(world.directories.create('new', 0, 'bmV3LXRvcGljLWlkLTEyMw', world.config, { isNew: true }).directory).toBe(
    '/b',
  )
  expect(world.directories.create('new', 1, 'bmV3LXRvcGljLWlkLTEyMw', world.config, { isNew: true }).directory).toBe(
    '/b',
  )
  expect(world.failedDirectories).toEqual(['/a'])
})

test('a log that may be in the failed directory is not made anew elsewhere', async () => {
  const { world, failing } = await setting()
  failIn(world, '/a/', 'write', 'EIO')
  append(failing, 'lost')
  await world.timers.settle()
  world.disk.faults.clear()
  const log = world.directories.create('known', 0, 'a25vd24tdG9waWMtaWQtMQ', world.config)
  expect(log).toMatchObject({ isOffline: true, directory: '/a', logEndOffset: 0, sizeInBytes: 0 })
  expect(append(log, 'x').errorCode).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
  expect(world.directories.get('known', 0)).toBe(log)
})

test('closing leaves the marker of a clean stop in the directories that work only', async () => {
  const { world, failing } = await setting()
  failIn(world, '/a/', 'write', 'EIO')
  append(failing, 'lost')
  await world.timers.settle()
  world.disk.faults.clear()
  await world.close()
  expect(world.disk.stat('/a/.kafka_cleanshutdown')).toBeNull()
  expect(world.disk.stat('/b/.kafka_cleanshutdown')).not.toBeNull()
  await world.open({ paths: ['/a', '/b'] })
  expect(await valuesOf(world.log('topic', 0))).toEqual(['before'])
})
