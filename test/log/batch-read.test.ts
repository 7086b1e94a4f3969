/** Batches from which compaction took all records: some clients do not advance over them, so an answer never begins with one. */
import { patchBaseOffset } from '../../protocol/records/batch-header'
import { encodeEndTransactionMarker } from '../../protocol/records/control-record'
import { encodeBatch, iterateBatches, type RecordInput } from '../../protocol/records/record-batch'
import type { PartitionLog, ReadResult } from '../../src/log/partition-log'
import { LogWorld, record } from '../support/log-directories'

const UNLIMITED = { maxBytes: 100_000, minOneBatch: true }

const batchOf = (kind: string, baseOffset: number): Buffer => {
  const producer = { producerId: 1, producerEpoch: 0 }
  if (kind === 'M') {
    const marker = encodeEndTransactionMarker({ ...producer, isCommit: true, coordinatorEpoch: 0, timestamp: 0 })
    patchBaseOffset(marker, 0, baseOffset)
    return marker
  }
  const records: RecordInput[] = kind === 'E' ? [] : [record('x')]
  return encodeBatch({ ...producer, baseSequence: 0, baseOffset, lastOffsetDelta: 9, records })
}

/** A log of replicated batches at offsets 0, 10, 20 ...: R with a record, E without, M a marker. */
const logOf = async (shape: string, tailCacheBytes: number): Promise<PartitionLog> => {
  const world = new LogWorld({ config: { segmentBytes: 300 } })
  await world.open({ tailCacheBytes })
  const log = world.log()
  for (const [n, kind] of [...shape].entries()) {
    log.append(batchOf(kind, n * 10), { leaderEpoch: 0, origin: 'replication', now: 0 })
  }
  await world.timers.settle()
  log.highWatermark = log.logEndOffset
  return log
}

const offsetsIn = ({ records }: ReadResult): number[] =>
  records.flatMap(buffer => [...iterateBatches(buffer)].map(({ header }) => header.baseOffset))

describe.each([
  ['memory', 1_000_000],
  ['disk', 0],
])('read from %s', (_, tailCacheBytes) => {
  const read = async (log: PartitionLog, offset: number, options: Partial<Parameters<PartitionLog['read']>[0]> = {}) =>
    offsetsIn(await log.read({ offset, upTo: 1_000, ...UNLIMITED, ...options }))

  test('empty batches in front are passed over, those behind a record stay', async () => {
    const log = await logOf('EERER', tailCacheBytes)
    expect((await read(log, 0))[0]).toBe(20)
    expect(await read(log, 20)).toContain(20)
    expect(await read(log, 30)).toEqual([40])
  })

  test('they are passed over however many there are', async () => {
    const log = await logOf(`${'E'.repeat(30)}R`, tailCacheBytes)
    expect(await read(log, 0)).toEqual([300])
    expect(await read(log, 5, { maxBytes: 70 })).toEqual([300])
  })

  test('they are all there is below the limit: then they are returned', async () => {
    const log = await logOf('REER', tailCacheBytes)
    expect((await read(log, 10, { upTo: 30 }))[0]).toBe(10)
    const trailing = await logOf('REE', tailCacheBytes)
    expect((await read(trailing, 10))[0]).toBe(10)
  })

  test('followers get them', async () => {
    const log = await logOf('EER', tailCacheBytes)
    expect((await read(log, 0, { keepEmptyBatches: true }))[0]).toBe(0)
  })

  test('markers are no empty batches', async () => {
    const log = await logOf('EMR', tailCacheBytes)
    expect((await read(log, 0))[0]).toBe(10)
  })
})
