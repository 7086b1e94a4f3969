import { CompressionType } from '../../protocol/compression/codec'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { PartitionLog } from '../../src/log/partition-log'
import { LogWorld } from '../support/log-directories'

const LIMIT = 1_000_000

/** Three records to a batch, four batches to a segment; timestamps go up and down. */
const TIMESTAMPS = [10, 12, 11, 20, 25, 21, 5, 30, 30, 28, 29, 27, 40, 31, 44, 44, 43, 60, 60, 2, 1, 50, 51, 52]

const filledLog = async (compression: number = CompressionType.gzip): Promise<PartitionLog> => {
  const world = new LogWorld({ config: { segmentBytes: 400, indexIntervalBytes: 90 } })
  await world.open()
  const log = world.log()
  for (let offset = 0; offset < TIMESTAMPS.length; offset += 3) {
    const records = TIMESTAMPS.slice(offset, offset + 3).map(timestamp => ({ timestamp, value: Buffer.alloc(20) }))
    log.append(encodeBatch({ records, compression }), { leaderEpoch: offset, origin: 'client', now: 0 })
  }
  await world.timers.settle()
  log.highWatermark = log.logEndOffset
  return log
}

/** The first offset of the range with at least this timestamp. */
const expected = (timestamp: number, from = 0, upTo = TIMESTAMPS.length): number =>
  TIMESTAMPS.findIndex((candidate, offset) => offset >= from && offset < upTo && candidate >= timestamp)

describe.each([
  ['as they are', CompressionType.none],
  ['compressed', CompressionType.gzip],
])('by timestamp, in batches %s,', (_, compression) => {
  test('the first record that is as old or younger is found, exactly', async () => {
    const log = await filledLog(compression)
    for (let timestamp = 0; timestamp <= 60; timestamp++) {
      const offset = expected(timestamp)
      expect(await log.offsetForTimestamp(timestamp, LIMIT)).toEqual({
        offset,
        timestamp: TIMESTAMPS[offset],
        leaderEpoch: offset - (offset % 3),
      })
    }
    expect(await log.offsetForTimestamp(61, LIMIT)).toBeNull()
  })

  test('nothing is found before the log start offset or at the limit and above', async () => {
    const log = await filledLog(compression)
    log.deleteRecordsBefore(8)
    for (const upTo of [9, 13, 24]) {
      for (let timestamp = 0; timestamp <= 61; timestamp++) {
        const offset = expected(timestamp, 8, upTo)
        const found = await log.offsetForTimestamp(timestamp, upTo)
        expect(found?.offset ?? -1).toBe(offset)
      }
    }
  })
})

describe('the largest timestamp', () => {
  test('is that of the first record that has it', async () => {
    const log = await filledLog()
    expect(await log.maxTimestampOffset(LIMIT)).toMatchObject({ offset: 17, timestamp: 60 })
  })

  test('is looked for below the limit and from the log start offset on', async () => {
    const log = await filledLog()
    expect(await log.maxTimestampOffset(15)).toMatchObject({ offset: 14, timestamp: 44 })
    expect(await log.maxTimestampOffset(12)).toMatchObject({ offset: 7, timestamp: 30 })
    log.deleteRecordsBefore(21)
    expect(await log.maxTimestampOffset(LIMIT)).toMatchObject({ offset: 23, timestamp: 52 })
  })

  test('of a log without records is none', async () => {
    const world = new LogWorld()
    await world.open()
    expect(await world.log().maxTimestampOffset(LIMIT)).toBeNull()
    expect(await world.log().offsetForTimestamp(0, LIMIT)).toBeNull()
  })

  test('is found in the time indexes after a restart', async () => {
    const world = new LogWorld({ config: { segmentBytes: 200 } })
    await world.open()
    for (const timestamp of [10, 90, 20, 30]) {
      const records = [{ timestamp, value: Buffer.alloc(20) }]
      world.log().append(encodeBatch({ records }), { leaderEpoch: 0, origin: 'client', now: 0 })
    }
    await world.close()
    await world.open()
    expect(await world.log().maxTimestampOffset(LIMIT)).toMatchObject({ offset: 1, timestamp: 90 })
    expect(await world.log().offsetForTimestamp(25, LIMIT)).toMatchObject({ offset: 1 })
  })
})
