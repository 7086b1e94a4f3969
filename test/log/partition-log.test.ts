import { CompressionType } from '../../protocol/compression/codec'
import { ErrorCode } from '../../protocol/errors'
import { compressionOf, isBatchCrcValid, readBatchHeader, timestampTypeOf } from '../../protocol/records/batch-header'
import { encodeBatch, iterateBatches } from '../../protocol/records/record-batch'
import {
  append,
  appendBatch,
  endTransaction,
  LogWorld,
  type LogWorldOptions,
  readAll,
  record,
  valuesOf,
} from '../support/log-directories'

const worldWith = async (options: LogWorldOptions = {}): Promise<LogWorld> => {
  const world = new LogWorld(options)
  await world.open()
  return world
}

const settle = async (world: LogWorld): Promise<void> => {
  await world.timers.settle()
  world.log().highWatermark = world.log().logEndOffset
}

describe('an append', () => {
  test('gets its offsets at once and is seen when it is written, with all others of its turn', async () => {
    const world = await worldWith()
    const log = world.log()
    const seen: number[] = []
    log.onAdvance = () => seen.push(log.logEndOffset)
    expect(append(log, 'a', 'b')).toEqual({
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      baseOffset: 0,
      lastOffset: 1,
      logAppendTimeMs: -1,
      logStartOffset: 0,
      recordErrors: [],
    })
    expect(append(log, 'c')).toMatchObject({ baseOffset: 2, lastOffset: 2 })
    expect([log.nextOffset, log.logEndOffset, seen]).toEqual([3, 0, []])
    await world.timers.settle()
    expect([log.nextOffset, log.logEndOffset, seen]).toEqual([3, 3, [3]])
    expect(await valuesOf(log)).toEqual(['a', 'b', 'c'])
  })

  test("is the producer's bytes with offset and leader epoch patched in", async () => {
    const world = await worldWith()
    append(world.log(), 'before')
    const bytes = encodeBatch({ records: [record('x')], compression: CompressionType.gzip })
    const sent = Buffer.from(bytes)
    world.log().append(bytes, { leaderEpoch: 7, origin: 'client', now: 0 })
    await settle(world)
    const { records } = await readAll(world.log(), 1)
    expect(records[0]!.subarray(16).equals(sent.subarray(16))).toBe(true)
    expect(readBatchHeader(records[0]!, 0)).toMatchObject({ baseOffset: 1, partitionLeaderEpoch: 7 })
    expect(world.log()).toMatchObject({ latestLeaderEpoch: 7 })
    expect(world.log().leaderEpochAt(1)).toBe(7)
    expect(world.log().endOffsetForEpoch(0)).toEqual({ leaderEpoch: 0, endOffset: 1 })
  })

  test('that is refused changes nothing', async () => {
    const world = await worldWith({ config: { maxMessageBytes: 100 } })
    const log = world.log()
    append(log, 'a')
    const refused = append(log, 'x'.repeat(100))
    expect(refused).toMatchObject({ errorCode: ErrorCode.MESSAGE_TOO_LARGE, baseOffset: -1, lastOffset: -1 })
    expect(refused.errorMessage).toContain('max.message.bytes')
    expect(append(log, 'b')).toMatchObject({ baseOffset: 1 })
    await settle(world)
    expect(await valuesOf(log)).toEqual(['a', 'b'])
  })

  test('must fit into a segment', async () => {
    const world = await worldWith({ config: { segmentBytes: 200 } })
    expect(append(world.log(), 'x'.repeat(200)).errorCode).toBe(ErrorCode.RECORD_LIST_TOO_LARGE)
  })

  test('gets the time of the log with message.timestamp.type=LogAppendTime', async () => {
    const world = await worldWith({ config: { messageTimestampType: 'LogAppendTime' } })
    expect(appendBatch(world.log(), { now: 5_000 })).toMatchObject({ logAppendTimeMs: 5_000 })
    await settle(world)
    const { records } = await readAll(world.log())
    const header = readBatchHeader(records[0]!, 0)
    expect([timestampTypeOf(header.attributes), header.maxTimestamp]).toEqual(['LogAppendTime', 5_000])
    expect(isBatchCrcValid(records[0]!, 0)).toBe(true)
    expect(await world.log().offsetForTimestamp(5_000, 1)).toMatchObject({ offset: 0, timestamp: 5_000 })
  })

  test('is compressed as compression.type says', async () => {
    const world = await worldWith({ config: { compressionType: 'gzip', maxMessageBytes: 200 } })
    append(world.log(), 'x'.repeat(100))
    await settle(world)
    const { records } = await readAll(world.log())
    expect(compressionOf(readBatchHeader(records[0]!, 0).attributes)).toBe(CompressionType.gzip)
    expect(await valuesOf(world.log())).toEqual(['x'.repeat(100)])
  })

  test('that grows beyond max.message.bytes by being decompressed is refused', async () => {
    const world = await worldWith({ config: { compressionType: 'uncompressed', maxMessageBytes: 200 } })
    const bytes = encodeBatch({ records: [record('x'.repeat(300))], compression: CompressionType.gzip })
    const result = world.log().append(bytes, { leaderEpoch: 0, origin: 'client', now: 0 })
    expect(result.errorCode).toBe(ErrorCode.MESSAGE_TOO_LARGE)
  })

  test('of other settings follows them as soon as they change', async () => {
    const world = await worldWith()
    world.log().updateConfig({ ...world.config, maxMessageBytes: 10 })
    expect(append(world.log(), 'a').errorCode).toBe(ErrorCode.MESSAGE_TOO_LARGE)
  })
})

describe('a retry of an idempotent producer', () => {
  const batch = { producerId: 9, producerEpoch: 0, records: [record('a'), record('b')] }

  test('gets the offsets of the first time, even before that is written, and after a restart', async () => {
    const world = await worldWith()
    expect(appendBatch(world.log(), { ...batch, baseSequence: 0 })).toMatchObject({ baseOffset: 0, lastOffset: 1 })
    append(world.log(), 'other')
    expect(appendBatch(world.log(), { ...batch, baseSequence: 0 })).toMatchObject({
      errorCode: ErrorCode.NONE,
      baseOffset: 0,
      lastOffset: 1,
      logAppendTimeMs: -1,
    })
    await world.close()
    await world.open()
    expect(appendBatch(world.log(), { ...batch, baseSequence: 0 })).toMatchObject({ baseOffset: 0, lastOffset: 1 })
    expect(appendBatch(world.log(), { ...batch, baseSequence: 2 })).toMatchObject({ baseOffset: 3, lastOffset: 4 })
    await settle(world)
    expect(await valuesOf(world.log())).toEqual(['a', 'b', 'other', 'a', 'b'])
  })

  test('is told the append time of the first time', async () => {
    const world = await worldWith({ config: { messageTimestampType: 'LogAppendTime' } })
    appendBatch(world.log(), { ...batch, baseSequence: 0, now: 1_000 })
    expect(appendBatch(world.log(), { ...batch, baseSequence: 0, now: 2_000 }).logAppendTimeMs).toBe(1_000)
  })

  test('with a gap is refused with a message', async () => {
    const world = await worldWith()
    appendBatch(world.log(), { ...batch, baseSequence: 0 })
    const refused = appendBatch(world.log(), { ...batch, baseSequence: 3 })
    expect(refused).toMatchObject({ errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 })
    expect(refused.errorMessage).toContain('sequence 3')
    expect(world.log().activeProducers()).toEqual([
      {
        producerId: 9,
        producerEpoch: 0,
        lastSequence: 1,
        lastTimestamp: 1_000_000,
        coordinatorEpoch: -1,
        currentTxnStartOffset: -1,
      },
    ])
  })
})

describe('a transaction', () => {
  const transactional = { producerId: 3, producerEpoch: 0, isTransactional: true }

  test('holds back the last stable offset until its end is below the high watermark', async () => {
    const world = await worldWith()
    const log = world.log()
    append(log, 'before')
    appendBatch(log, { ...transactional, baseSequence: 0 })
    append(log, 'after')
    await settle(world)
    expect([log.highWatermark, log.lastStableOffset]).toEqual([3, 1])
    endTransaction(log, { producerId: 3, isCommit: true })
    await world.timers.settle()
    expect([log.highWatermark, log.lastStableOffset]).toEqual([3, 1])
    log.highWatermark = 4
    expect(log.lastStableOffset).toBe(4)
  })

  test('that was aborted is told to readers of the records in it, across restarts and crashes', async () => {
    const world = await worldWith({ config: { segmentBytes: 200 } })
    appendBatch(world.log(), { ...transactional, baseSequence: 0 })
    appendBatch(world.log(), { ...transactional, producerId: 4, baseSequence: 0 })
    append(world.log(), 'between')
    endTransaction(world.log(), { producerId: 3, isCommit: false })
    endTransaction(world.log(), { producerId: 4, isCommit: true })
    append(world.log(), 'after')
    await settle(world)
    const expectAborted = () => {
      expect(world.log().abortedTransactions(0, 6)).toMatchObject([{ producerId: 3, firstOffset: 0 }])
      expect(world.log().abortedTransactions(2, 3)).toMatchObject([{ producerId: 3, firstOffset: 0 }])
      expect(world.log().abortedTransactions(4, 6)).toEqual([])
    }
    expectAborted()
    await world.close()
    await world.open()
    expectAborted()
    world.crash({ keepPageCache: true })
    await world.open()
    expectAborted()
    expect(world.log().lastStableOffset).toBe(world.log().highWatermark)
  })

  test('that is open stays open across a restart and a crash', async () => {
    const world = await worldWith()
    appendBatch(world.log(), { ...transactional, baseSequence: 0 })
    await world.close()
    await world.open()
    await settle(world)
    expect([world.log().highWatermark, world.log().lastStableOffset]).toEqual([1, 0])
    world.crash({ keepPageCache: true })
    await world.open()
    await settle(world)
    expect([world.log().highWatermark, world.log().lastStableOffset]).toEqual([1, 0])
    expect(world.log().hasOpenTransaction(3)).toBe(true)
  })

  test('is ended by the coordinator in charge only', async () => {
    const world = await worldWith()
    const log = world.log()
    appendBatch(log, { ...transactional, baseSequence: 0 })
    expect(endTransaction(log, { producerId: 3, coordinatorEpoch: 5 }).errorCode).toBe(ErrorCode.NONE)
    appendBatch(log, { ...transactional, baseSequence: 1 })
    const fenced = endTransaction(log, { producerId: 3, coordinatorEpoch: 4 })
    expect(fenced.errorCode).toBe(ErrorCode.TRANSACTION_COORDINATOR_FENCED)
    expect(log.hasOpenTransaction(3)).toBe(true)
  })

  test('before the log start offset does not hold back what is behind it', async () => {
    const world = await worldWith()
    const log = world.log()
    appendBatch(log, { ...transactional, baseSequence: 0 })
    append(log, 'a')
    append(log, 'b')
    await settle(world)
    expect(log.deleteRecordsBefore(2)).toBe(ErrorCode.NONE)
    expect(log.lastStableOffset).toBe(2)
  })
})

describe('a read', () => {
  test('is answered from memory at the end of the log and from the disk before that', async () => {
    const world = new LogWorld({ config: { segmentBytes: 1000 } })
    await world.open({ tailCacheBytes: 2_500 })
    const log = world.log()
    for (let n = 0; n < 30; n++) append(log, `value ${n}`)
    await settle(world)
    const options = { maxBytes: 200, upTo: 30, minOneBatch: true }
    const old = log.read({ ...options, offset: 0 })
    expect(old).toBeInstanceOf(Promise)
    expect(await old).toMatchObject({ firstOffset: 0, nextOffset: 2 })
    expect(log.read({ ...options, offset: 28 })).toMatchObject({ firstOffset: 28, nextOffset: 30 })
    expect(await valuesOf(log)).toEqual(Array.from({ length: 30 }, (_, n) => `value ${n}`))
  })

  test('outside of the log is out of range, at its end it is empty', async () => {
    const world = await worldWith()
    const log = world.log()
    for (const value of ['a', 'b', 'c']) append(log, value)
    await settle(world)
    log.deleteRecordsBefore(1)
    const read = (offset: number, upTo = 3) => log.read({ offset, maxBytes: 1000, upTo, minOneBatch: true })
    expect(read(0)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE, logStartOffset: 1 })
    expect(read(4)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE })
    expect(read(3)).toMatchObject({ errorCode: ErrorCode.NONE, sizeInBytes: 0, nextOffset: 3 })
    expect(read(2, 2)).toMatchObject({ errorCode: ErrorCode.NONE, sizeInBytes: 0 })
    expect(read(1, 100)).toMatchObject({ nextOffset: 3 })
  })

  test('returns the whole batch that holds the offset', async () => {
    const world = await worldWith()
    append(world.log(), 'a', 'b', 'c')
    await settle(world)
    expect(await readAll(world.log(), 2)).toMatchObject({ firstOffset: 0, nextOffset: 3 })
  })

  test('that a truncation overtakes returns nothing', async () => {
    const world = new LogWorld({ config: { segmentBytes: 1000 } })
    await world.open({ tailCacheBytes: 0 })
    const log = world.log()
    for (let n = 0; n < 10; n++) append(log, `value ${n}`)
    await settle(world)
    const read = log.read({ offset: 0, maxBytes: 10_000, upTo: 10, minOneBatch: true })
    const truncation = log.truncateTo(5)
    expect(await world.run(Promise.resolve(read))).toMatchObject({
      errorCode: ErrorCode.NONE,
      sizeInBytes: 0,
      nextOffset: 0,
    })
    await world.run(truncation)
    expect(await valuesOf(log)).toHaveLength(5)
  })
})

describe('replicated batches', () => {
  const sent = (baseOffset: number, ...values: string[]): Buffer =>
    encodeBatch({ baseOffset, partitionLeaderEpoch: 4, records: values.map(value => record(value)) })
  const options = { leaderEpoch: 0, origin: 'replication', now: 0 } as const

  test('keep their offsets and epochs, gaps too', async () => {
    const world = await worldWith({ config: { segmentBytes: 150 } })
    const log = world.log()
    const chunk = Buffer.concat([sent(0, 'a', 'b'), sent(5, 'c'), sent(9, 'd'), sent(10, 'cut off').subarray(0, 70)])
    expect(log.append(chunk, options)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0, lastOffset: 9 })
    await settle(world)
    const { records } = await readAll(log)
    const bases = records.flatMap(buffer => [...iterateBatches(buffer)].map(({ header }) => header.baseOffset))
    expect(bases).toEqual([0, 5, 9])
    expect(log).toMatchObject({ latestLeaderEpoch: 4, logEndOffset: 10 })
    world.crash({ keepPageCache: true })
    await world.open()
    expect(await valuesOf(world.log())).toEqual(['a', 'b', 'c', 'd'])
  })

  test('are refused as a whole when one is damaged or goes back', async () => {
    const world = await worldWith()
    const damaged = sent(1, 'b')
    damaged[damaged.length - 1]! ^= 1
    expect(world.log().append(Buffer.concat([sent(0, 'a'), damaged]), options).errorCode).toBe(
      ErrorCode.CORRUPT_MESSAGE,
    )
    expect(world.log().append(Buffer.concat([sent(0, 'a', 'b'), sent(1, 'c')]), options).errorCode).toBe(
      ErrorCode.OFFSET_OUT_OF_RANGE,
    )
    expect(world.log().nextOffset).toBe(0)
  })

  test('bring producers and transactions along', async () => {
    const world = await worldWith()
    const batch = encodeBatch({
      baseOffset: 0,
      producerId: 2,
      producerEpoch: 1,
      baseSequence: 8,
      isTransactional: true,
      records: [record('a')],
    })
    world.log().append(batch, options)
    expect(world.log().activeProducers()).toMatchObject([{ producerId: 2, lastSequence: 8, currentTxnStartOffset: 0 }])
  })
})

describe('segments', () => {
  test('begin anew when the one before is full or old', async () => {
    const world = await worldWith({ config: { segmentBytes: 250, segmentMs: 1_000 } })
    const log = world.log()
    const bases = () =>
      world.disk.list(log.folder).flatMap(name => (name.endsWith('.log') ? [Number(name.slice(0, 20))] : []))
    for (let n = 0; n < 4; n++) append(log, `value ${n}`)
    await settle(world)
    expect(bases()).toEqual([0, 3])
    appendBatch(log, { records: [record('later', { timestamp: 1_001_001 })], now: 1_001_001 })
    await settle(world)
    expect(bases()).toEqual([0, 3, 4])
    expect(log.recoveryPoint).toBe(4)
    expect(world.disk.list(log.folder).filter(name => name.endsWith('.snapshot'))).toHaveLength(2)
  })

  test('that retention has no use for are deleted with their snapshots, and their files after a delay', async () => {
    const world = await worldWith({ config: { segmentBytes: 100, retentionBytes: 150, fileDeleteDelayMs: 60_000 } })
    const log = world.log()
    for (let n = 0; n < 4; n++) append(log, `value ${n}`)
    await settle(world)
    await world.timers.advance(300_000)
    expect([log.logStartOffset, log.logEndOffset]).toEqual([2, 4])
    const names = () => world.disk.list(log.folder)
    expect(names().filter(name => name.startsWith('00000000000000000001'))).toEqual([
      '00000000000000000001.index.deleted',
      '00000000000000000001.log.deleted',
      '00000000000000000001.timeindex.deleted',
    ])
    await world.timers.advance(60_000)
    expect(names().filter(name => name.startsWith('00000000000000000001'))).toEqual([])
    expect(await valuesOf(log)).toEqual(['value 2', 'value 3'])
  })

  test('are all deleted when all are old, and the log goes on where it was', async () => {
    const world = await worldWith({ config: { retentionMs: 1_000 } })
    append(world.log(), 'a')
    await settle(world)
    await world.timers.advance(300_000)
    expect(world.log()).toMatchObject({ logStartOffset: 1, logEndOffset: 1, sizeInBytes: 0 })
    expect(append(world.log(), 'b').baseOffset).toBe(1)
    await world.close()
    await world.open()
    expect(await valuesOf(world.log())).toEqual(['b'])
  })

  test('are not deleted from under a reader', async () => {
    const world = new LogWorld({ config: { segmentBytes: 100, retentionBytes: 0, fileDeleteDelayMs: 1_000 } })
    await world.open({ tailCacheBytes: 0 })
    for (let n = 0; n < 3; n++) append(world.log(), `value ${n}`)
    await settle(world)
    const read = world.log().read({ offset: 0, maxBytes: 100, upTo: 3, minOneBatch: true })
    world.log().deleteExpiredSegments(0)
    expect(await read).toMatchObject({ errorCode: ErrorCode.NONE, firstOffset: 0 })
  })
})

describe('deleting records', () => {
  test('moves the log start offset up to the high watermark at most, and never back', async () => {
    const world = await worldWith()
    const log = world.log()
    for (const value of ['a', 'b', 'c']) append(log, value)
    await settle(world)
    log.highWatermark = 2
    expect(log.deleteRecordsBefore(3)).toBe(ErrorCode.OFFSET_OUT_OF_RANGE)
    expect(log.deleteRecordsBefore(2)).toBe(ErrorCode.NONE)
    expect(log.deleteRecordsBefore(1)).toBe(ErrorCode.NONE)
    expect(log.logStartOffset).toBe(2)
    expect(log.leaderEpochAt(1)).toBe(-1)
  })

  test('is not undone by a crash', async () => {
    const world = await worldWith()
    for (const value of ['a', 'b', 'c']) append(world.log(), value)
    await settle(world)
    world.log().deleteRecordsBefore(2)
    await settle(world)
    world.crash({ keepPageCache: true })
    await world.open()
    expect(world.log().logStartOffset).toBe(2)
  })
})

describe('a truncation', () => {
  test('takes back what is queued, and with it all that is known of producers and epochs', async () => {
    const world = await worldWith({ config: { segmentBytes: 300 } })
    const log = world.log()
    for (let n = 0; n < 8; n++) {
      appendBatch(log, { producerId: 1, producerEpoch: 0, baseSequence: n, leaderEpoch: n, records: [record(`v${n}`)] })
      if (n === 5) await settle(world)
    }
    await world.run(log.truncateTo(3))
    expect(log).toMatchObject({ logEndOffset: 3, nextOffset: 3, highWatermark: 3, latestLeaderEpoch: 2 })
    expect(log.activeProducers()).toMatchObject([{ lastSequence: 2 }])
    expect(appendBatch(log, { producerId: 1, producerEpoch: 0, baseSequence: 3 })).toMatchObject({ baseOffset: 3 })
    await settle(world)
    expect(await valuesOf(log)).toEqual(['v0', 'v1', 'v2', 'v'])
  })

  test('refuses appends until it is done', async () => {
    const world = await worldWith()
    append(world.log(), 'a')
    await settle(world)
    const truncation = world.log().truncateTo(0)
    expect(append(world.log(), 'b').errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    await world.run(truncation)
    expect(append(world.log(), 'b')).toMatchObject({ baseOffset: 0 })
  })

  test('below the first segment empties the log', async () => {
    const world = await worldWith({ config: { segmentBytes: 100, retentionBytes: 0 } })
    const log = world.log()
    for (let n = 0; n < 4; n++) append(log, `value ${n}`)
    await settle(world)
    log.deleteExpiredSegments(0)
    await world.run(log.truncateTo(2))
    expect(log).toMatchObject({ logStartOffset: 2, logEndOffset: 2, highWatermark: 2, latestLeaderEpoch: -1 })
    expect(append(log, 'x').baseOffset).toBe(2)
  })

  test('to the end or above drops an epoch that has no records', async () => {
    const world = await worldWith()
    append(world.log(), 'a')
    await settle(world)
    await world.run(world.log().truncateTo(5))
    expect(world.log()).toMatchObject({ logEndOffset: 1, latestLeaderEpoch: 0 })
  })
})

describe('flushing', () => {
  test('with flush.messages=1 a record is seen when it is on the disk', async () => {
    const world = await worldWith({ config: { flushMessages: 1 }, crashable: true })
    append(world.log(), 'a')
    append(world.log(), 'b')
    await settle(world)
    expect(world.log()).toMatchObject({ logEndOffset: 2, recoveryPoint: 2 })
    world.crash({ keepPageCache: false })
    await world.open()
    expect(await valuesOf(world.log())).toEqual(['a', 'b'])
  })

  test('with flush.ms a record is on the disk after so long', async () => {
    const world = await worldWith({ config: { flushMs: 500 } })
    append(world.log(), 'a')
    await settle(world)
    expect(world.log().recoveryPoint).toBe(0)
    await world.timers.advance(499)
    expect(world.log().recoveryPoint).toBe(0)
    await world.timers.advance(1)
    expect(world.log().recoveryPoint).toBe(1)
  })

  test('with a flush that must come first the next appends are written together', async () => {
    const completions: (() => void)[] = []
    const world = new LogWorld({ config: { flushMessages: 1 }, schedule: complete => completions.push(complete) })
    await world.open()
    const log = world.log()
    append(log, 'a')
    await world.timers.settle()
    append(log, 'b')
    append(log, 'c')
    await world.timers.settle()
    expect(log.logEndOffset).toBe(0)
    const seen: number[] = []
    log.onAdvance = () => seen.push(log.logEndOffset)
    while (completions.length > 0) {
      completions.shift()!()
      await world.timers.settle()
    }
    expect(seen).toEqual([1, 3])
  })
})

describe('producers', () => {
  test('are forgotten after producer.id.expiration.ms', async () => {
    const world = await worldWith()
    appendBatch(world.log(), { producerId: 1, producerEpoch: 0, baseSequence: 0 })
    await settle(world)
    await world.timers.advance(86_400_000 - 1)
    expect(world.log().activeProducers()).toHaveLength(1)
    await world.timers.advance(600_000)
    expect(world.log().activeProducers()).toEqual([])
  })
})
