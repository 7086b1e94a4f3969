import { hasDeleteHorizon, isControl, patchBaseOffset, readBatchHeader } from '../../../protocol/records/batch-header'
import { encodeBatch } from '../../../protocol/records/record-batch'
import {
  allBatches,
  BACKOFF_MS,
  clean,
  commit,
  compactedWorld,
  contentOf,
  endTransaction,
  put,
  roll,
} from '../../support/compacted-log'
import type { LogWorld } from '../../support/log-directories'

const HOUR = 3_600_000

const headers = async (world: LogWorld) => (await allBatches(world.log())).map(batch => readBatchHeader(batch, 0))
const cleanerCheckpoint = (world: LogWorld): string | undefined =>
  world.disk.readFile('/data/cleaner-offset-checkpoint')?.toString()

describe('the cleaner', () => {
  it('keeps the latest record of each key, at its offset, in its batch', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1', 'b=1', 'c=1'])
    await put(world, ['a=2'])
    await put(world, ['b=2', 'd=1'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['2:c=1', '3:a=2', '4:b=2', '5:d=1'])
    expect((await headers(world))[0]).toMatchObject({ baseOffset: 0, lastOffsetDelta: 2, recordCount: 1 })
  })

  it('does so across gaps that are too large to keep track of each offset', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1', 'b=1'])
    await put(world, ['a=2'])
    const far = encodeBatch({ records: ['b', 'c'].map(key => ({ key: Buffer.from(key), value: Buffer.from('far') })) })
    patchBaseOffset(far, 0, 1_000_000_000)
    world.log().append(far, { origin: 'replication', leaderEpoch: 0, now: world.clock.now() })
    await commit(world)
    await put(world, ['a=3'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['1000000000:b=far', '1000000001:c=far', '1000000002:a=3'])
  })

  it('leaves the active segment alone', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'])
    await put(world, ['a=2'])
    await clean(world)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=2'])
  })

  it('leaves what is above the last stable offset alone', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'])
    await put(world, ['t=1'], { producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    await put(world, ['a=2'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:t=1', '2:a=2'])
    await endTransaction(world, 7, true)
    await clean(world)
    expect(await contentOf(world)).toEqual(['1:t=1', '2:a=2'])
  })

  it('waits for min.cleanable.dirty.ratio', async () => {
    const world = await compactedWorld({ minCleanableDirtyRatio: 0.5 })
    await put(world, ['x=1'])
    await roll(world)
    await clean(world)
    for (let n = 0; n < 100; n++) await put(world, [`key${n}=1`])
    await clean(world)
    const before = await contentOf(world)
    await put(world, ['key0=2'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual([...before, expect.stringMatching(/key0=2/)])
  })

  it('spares records for min.compaction.lag.ms', async () => {
    const world = await compactedWorld({ minCompactionLagMs: HOUR })
    await put(world, ['a=1'])
    await put(world, ['a=2'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=2'])
    await world.timers.advance(HOUR)
    expect(await contentOf(world)).toEqual(['1:a=2'])
  })

  it('does not let a record wait for longer than max.compaction.lag.ms, not even by its segment being open', async () => {
    const world = await compactedWorld({ minCleanableDirtyRatio: 1, maxCompactionLagMs: HOUR })
    await put(world, ['a=1'])
    await put(world, ['a=2'])
    await world.timers.advance(HOUR)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=2'])
    await world.timers.advance(BACKOFF_MS)
    await put(world, ['b=1'])
    await clean(world)
    expect(await contentOf(world)).toEqual(['1:a=2', '2:b=1'])
  })

  it('drops tombstones delete.retention.ms after they were first compacted', async () => {
    const world = await compactedWorld({ deleteRetentionMs: HOUR })
    await put(world, ['a=1'])
    await put(world, ['a', 'b=1'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['1:a', '2:b=1'])
    const [tombstone] = (await headers(world)).filter(header => hasDeleteHorizon(header.attributes))
    expect(tombstone!.baseTimestamp).toBe(world.clock.now() + HOUR)
    await world.timers.advance(HOUR)
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['2:b=1'])
  })

  it('keeps timestamps when a batch gets its delete horizon', async () => {
    const world = await compactedWorld()
    await put(world, ['a', 'b=1'])
    const [before] = await headers(world)
    await roll(world)
    await clean(world)
    expect((await headers(world))[0]).toMatchObject({ maxTimestamp: before!.maxTimestamp, recordCount: 2 })
  })

  it('removes aborted records at once and markers when their data is gone and delete.retention.ms is over', async () => {
    const world = await compactedWorld({ deleteRetentionMs: HOUR })
    const markers = async () => (await headers(world)).filter(header => isControl(header.attributes)).length
    await put(world, ['a=1'])
    await put(world, ['a=2'], { producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    await endTransaction(world, 7, false)
    await put(world, ['b=1'], { producerId: 7, producerEpoch: 0, baseSequence: 1, isTransactional: true })
    await endTransaction(world, 7, true)
    await put(world, ['b=2'], { producerId: 7, producerEpoch: 0, baseSequence: 2 })
    for (const left of [2, 2]) {
      await roll(world)
      await clean(world)
      expect(await contentOf(world)).toEqual(['0:a=1', '5:b=2'])
      expect(await markers()).toBe(left)
    }
    await world.timers.advance(HOUR)
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['0:a=1', '5:b=2'])
    expect(await markers()).toBe(0)
  })

  it('knows where it was after a restart, and takes a checkpoint beyond the log for none', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'])
    await roll(world)
    await clean(world)
    const checkpoint = cleanerCheckpoint(world)
    expect(checkpoint).toMatch(/^0\n1\ntopic 0 [1-9]/)
    await world.close()
    await world.open()
    expect(world.log().compaction.cleanedUpTo).toBeGreaterThan(0)
    await world.run(world.log().truncateTo(1))
    expect(world.log().compaction.cleanedUpTo).toBe(1)
  })

  it('goes over the log in several passes when memory is short', async () => {
    const world = await compactedWorld({}, { settings: { logCleanerDedupeBufferSize: 24 * 11 } })
    for (let round = 0; round < 2; round++) for (let n = 0; n < 50; n++) await put(world, [`key${n}=${round}`])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(Array.from({ length: 50 }, (_, n) => `${50 + n}:key${n}=1`))
    const passes = world.logger.at('info').filter(({ message }) => message === 'compacted a log')
    expect(passes.length).toBeGreaterThanOrEqual(5)
    expect(Math.max(...passes.map(({ fields }) => Number(fields['keys'])))).toBeLessThanOrEqual(10)
  })

  it('deletes old segments of a log that is to be compacted and to be deleted, too', async () => {
    const world = await compactedWorld({ cleanupPolicy: { compact: true, delete: true }, retentionMs: HOUR })
    await put(world, ['a=1'])
    await roll(world)
    await world.timers.advance(HOUR)
    await put(world, ['b=1'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual([expect.stringMatching(/b=1/)])
    expect(world.log().logStartOffset).toBeGreaterThan(0)
  })

  it('leaves logs alone that are not to be compacted', async () => {
    const world = await compactedWorld({ cleanupPolicy: { compact: false, delete: true } })
    await put(world, ['a=1'])
    await put(world, ['a=2'])
    await roll(world)
    await clean(world)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=2'])
  })

  it('leaves a damaged log as it is, and says so', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'])
    await put(world, ['a=2'])
    await roll(world)
    const file = world.disk.open(`${world.log().folder}/00000000000000000000.log`, 'write')
    file.writeSync([Buffer.from('?')], 66)
    file.close()
    await clean(world)
    expect(world.logger.at('error').map(({ message }) => message)).toEqual([
      'a log cannot be compacted because it is damaged',
    ])
    expect(world.disk.list(world.log().folder).filter(name => name.endsWith('.cleaned'))).toEqual([])
    expect(world.failedDirectories).toEqual([])
  })

  it('takes the directory offline when the disk fails', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'])
    await roll(world)
    world.disk.faults.failNext('write', 'EIO')
    await clean(world)
    expect(world.failedDirectories).toEqual(['/data'])
  })
})

describe('a reader', () => {
  it('begins at the first batch that has something for it', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'], { producerId: 7, producerEpoch: 0, baseSequence: 0 })
    await put(world, ['a=2'])
    await roll(world)
    await clean(world)
    const read = (keepEmptyBatches: boolean) =>
      world
        .log()
        .read({ offset: 0, maxBytes: 10_000, upTo: world.log().highWatermark, minOneBatch: true, keepEmptyBatches })
    expect((await read(true)).firstOffset).toBe(0)
    expect((await read(false)).firstOffset).toBe(1)
    await commit(world)
  })

  it('gets empty batches when there is nothing else', async () => {
    const world = await compactedWorld()
    await put(world, ['a=1'], { producerId: 7, producerEpoch: 0, baseSequence: 0 })
    await put(world, ['a=2'])
    await roll(world)
    await clean(world)
    const { firstOffset, nextOffset } = await world
      .log()
      .read({ offset: 0, maxBytes: 10_000, upTo: 1, minOneBatch: true })
    expect([firstOffset, nextOffset]).toEqual([0, 1])
  })
})
