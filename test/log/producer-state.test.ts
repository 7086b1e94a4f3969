import { ErrorCode } from '../../protocol/errors'
import { type BatchHeader, readBatchHeader } from '../../protocol/records/batch-header'
import type { EndTransactionMarker } from '../../protocol/records/control-record'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { AppendOrigin } from '../../src/log/log-append'
import { ProducerState } from '../../src/log/producer-state'

interface Shape {
  readonly epoch?: number
  readonly sequence?: number
  readonly records?: number
  readonly isTransactional?: boolean
  readonly timestamp?: number
  readonly origin?: AppendOrigin
  readonly producerId?: number
}

const MAX_SEQUENCE = 2 ** 31 - 1

/** Appends as a log does and tells what became of it, in a word. */
class Trace {
  readonly state = new ProducerState()
  offset = 0

  data(shape: Shape = {}): string {
    const { records = 1, timestamp = 1000, origin = 'client' } = shape
    const batch = headerOf(shape)
    const duplicate = origin === 'client' ? this.state.duplicateOf(batch) : null
    if (duplicate) return `duplicate of ${duplicate.lastOffset - duplicate.offsetDelta}`
    const refusal = this.state.check(batch, origin)
    if (refusal) return nameOf(refusal.errorCode)
    this.state.apply(batch, this.offset, timestamp)
    this.offset += records
    return `at ${this.offset - records}`
  }

  marker(shape: Shape & Partial<EndTransactionMarker> = {}) {
    const { timestamp = 1000, origin = 'coordinator', isCommit = true, coordinatorEpoch = 0 } = shape
    const batch = headerOf(shape)
    const marker = { isCommit, coordinatorEpoch }
    const refusal = this.state.checkMarker(batch, marker, origin)
    if (refusal) return nameOf(refusal.errorCode)
    return this.state.applyMarker(batch, marker, this.offset++, timestamp)
  }

  describe(producerId = 7) {
    return this.state.describe().find(producer => producer.producerId === producerId)
  }
}

const headerOf = (shape: Shape): BatchHeader => {
  const { producerId = 7, epoch = 0, sequence = 0, records = 1, isTransactional = false, timestamp = 1000 } = shape
  return readBatchHeader(
    encodeBatch({
      producerId,
      producerEpoch: epoch,
      baseSequence: sequence,
      isTransactional,
      records: Array.from({ length: records }, () => ({ timestamp })),
    }),
    0,
  )
}

const nameOf = (errorCode: number): string => Object.entries(ErrorCode).find(([, code]) => code === errorCode)![0]

describe('sequences', () => {
  test('go on from batch to batch, and a gap is refused', () => {
    const trace = new Trace()
    expect(trace.data({ sequence: 0, records: 3 })).toBe('at 0')
    expect(trace.data({ sequence: 3 })).toBe('at 3')
    expect(trace.data({ sequence: 5 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(trace.data({ sequence: 4 })).toBe('at 4')
  })

  test('may begin anywhere for a producer that the log does not know', () => {
    expect(new Trace().data({ sequence: 41, epoch: 3 })).toBe('at 0')
  })

  test('wrap from 2^31 - 1 to 0, also within a batch', () => {
    const trace = new Trace()
    trace.data({ sequence: MAX_SEQUENCE - 1 })
    expect(trace.data({ sequence: MAX_SEQUENCE })).toBe('at 1')
    expect(trace.data({ sequence: 0 })).toBe('at 2')
    const within = new Trace()
    within.data({ sequence: MAX_SEQUENCE - 1, records: 4 })
    expect(within.describe()?.lastSequence).toBe(1)
    expect(within.data({ sequence: MAX_SEQUENCE - 1, records: 4 })).toBe('duplicate of 0')
    expect(within.data({ sequence: 2 })).toBe('at 4')
  })

  test('begin with 0 in a new epoch', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, epoch: 1 })
    expect(trace.data({ sequence: 1, epoch: 2 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(trace.data({ sequence: 0, epoch: 2 })).toBe('at 1')
    expect(trace.data({ sequence: 1, epoch: 1 })).toBe('INVALID_PRODUCER_EPOCH')
  })

  test('are not looked at when a coordinator or a leader wrote the batch', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, epoch: 1 })
    expect(trace.data({ sequence: 9, epoch: 1, origin: 'coordinator' })).toBe('at 1')
    expect(trace.data({ sequence: 0, epoch: 0, origin: 'coordinator' })).toBe('INVALID_PRODUCER_EPOCH')
    expect(trace.data({ sequence: 0, epoch: 0, origin: 'replication' })).toBe('at 2')
  })
})

describe('a repeated batch', () => {
  test('is known among the last five, with the offset it was given', () => {
    const trace = new Trace()
    for (let sequence = 0; sequence < 6; sequence++) trace.data({ sequence })
    expect(trace.data({ sequence: 1 })).toBe('duplicate of 1')
    expect(trace.data({ sequence: 5 })).toBe('duplicate of 5')
    expect(trace.data({ sequence: 0 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
  })

  test('has exactly the same sequences', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, records: 3 })
    expect(trace.data({ sequence: 0, records: 2 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(trace.data({ sequence: 1, records: 2 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(trace.data({ sequence: 0, records: 3 })).toBe('duplicate of 0')
  })

  test('of an older epoch is none', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, epoch: 0 })
    trace.data({ sequence: 0, epoch: 1 })
    expect(trace.data({ sequence: 0, epoch: 0 })).toBe('INVALID_PRODUCER_EPOCH')
  })
})

describe('a transaction', () => {
  test('holds back the last stable offset until its marker is replicated', () => {
    const trace = new Trace()
    expect(trace.state.firstUnstableOffset).toBe(Number.POSITIVE_INFINITY)
    trace.data({ sequence: 0, isTransactional: true })
    trace.data({ sequence: 1, isTransactional: true })
    expect(trace.state.firstUnstableOffset).toBe(0)
    trace.marker()
    trace.state.settleBelow(2)
    expect(trace.state.firstUnstableOffset).toBe(0)
    trace.state.settleBelow(3)
    expect(trace.state.firstUnstableOffset).toBe(Number.POSITIVE_INFINITY)
  })

  test('that ends tells which records are aborted and what is stable then', () => {
    const trace = new Trace()
    trace.data({ producerId: 1, isTransactional: true })
    trace.data({ producerId: 2, isTransactional: true })
    expect(trace.marker({ producerId: 1, isCommit: false })).toEqual({
      producerId: 1,
      firstOffset: 0,
      lastOffset: 2,
      isAborted: true,
      lastStableOffset: 1,
    })
    expect(trace.marker({ producerId: 2 })).toEqual({
      producerId: 2,
      firstOffset: 1,
      lastOffset: 3,
      isAborted: false,
      lastStableOffset: 4,
    })
  })

  test('without records in this log ends without a trace but the epochs', () => {
    const trace = new Trace()
    expect(trace.marker({ epoch: 4, coordinatorEpoch: 9 })).toBeNull()
    expect(trace.state.firstUnstableOffset).toBe(Number.POSITIVE_INFINITY)
    expect(trace.describe()).toMatchObject({ producerEpoch: 4, coordinatorEpoch: 9, lastSequence: -1 })
  })

  test('takes no batch of its producer that is not part of it, and no open one is left behind by it', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, isTransactional: true })
    expect(trace.data({ sequence: 1 })).toBe('INVALID_TXN_STATE')
    expect(trace.state.hasOpenTransaction(7)).toBe(true)
    trace.marker()
    expect(trace.state.hasOpenTransaction(7)).toBe(false)
    expect(trace.data({ sequence: 1 })).toBe('at 2')
  })

  test('that ended under the same epoch leaves the sequences as they are', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, records: 2, isTransactional: true })
    trace.marker({ epoch: 0 })
    expect(trace.describe()?.lastSequence).toBe(1)
    expect(trace.data({ sequence: 0, records: 2, isTransactional: true })).toBe('duplicate of 0')
    expect(trace.data({ sequence: 2, isTransactional: true })).toBe('at 3')
  })

  test('that ended under a higher epoch makes the sequences begin anew', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, records: 2, isTransactional: true })
    trace.marker({ epoch: 1 })
    expect(trace.describe()).toMatchObject({ producerEpoch: 1, lastSequence: -1 })
    expect(trace.data({ epoch: 1, sequence: 2, isTransactional: true })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(trace.data({ epoch: 0, sequence: 2, isTransactional: true })).toBe('INVALID_PRODUCER_EPOCH')
    expect(trace.data({ epoch: 1, sequence: 0, isTransactional: true })).toBe('at 3')
  })

  test('is not ended by a coordinator that is no longer in charge, nor under an older epoch', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, epoch: 2, isTransactional: true })
    expect(trace.marker({ epoch: 1, coordinatorEpoch: 5 })).toBe('INVALID_PRODUCER_EPOCH')
    trace.marker({ epoch: 2, coordinatorEpoch: 5 })
    trace.data({ sequence: 1, epoch: 2, isTransactional: true })
    expect(trace.marker({ epoch: 2, coordinatorEpoch: 4 })).toBe('TRANSACTION_COORDINATOR_FENCED')
    expect(trace.marker({ epoch: 2, coordinatorEpoch: 5 })).toMatchObject({ firstOffset: 2 })
  })
})

describe('what is remembered', () => {
  test('goes when a producer was silent for long enough, unless it has a transaction open', () => {
    const trace = new Trace()
    trace.data({ producerId: 1, timestamp: 1000 })
    trace.data({ producerId: 2, timestamp: 1000, isTransactional: true })
    trace.data({ producerId: 3, timestamp: 1001 })
    trace.state.expire(2000, 1000)
    expect(trace.state.describe().map(({ producerId }) => producerId)).toEqual([2, 3])
    expect(trace.data({ producerId: 1, sequence: 40 })).toBe('at 3')
  })

  test('comes back from a snapshot: batches, epochs and open transactions, but nobody who has expired', () => {
    const trace = new Trace()
    trace.data({ producerId: 5, sequence: 0 })
    trace.data({ producerId: 1, sequence: 0, isTransactional: true })
    trace.data({ producerId: 2, sequence: 8, records: 2, timestamp: 5000 })
    trace.data({ producerId: 2, sequence: 10, timestamp: 5000 })
    trace.data({ producerId: 3, sequence: 0, isTransactional: true })
    const restored = new ProducerState()
    const entries = trace.state.entries().sort((a, b) => b.producerId - a.producerId)
    restored.load(entries, 6000, 4000)
    expect(
      restored
        .describe()
        .map(({ producerId }) => producerId)
        .sort(),
    ).toEqual([1, 2, 3])
    expect(restored.firstUnstableOffset).toBe(1)
    expect(restored.duplicateOf(headerOf({ producerId: 2, sequence: 10 }))).toMatchObject({ lastOffset: 4 })
    expect(restored.duplicateOf(headerOf({ producerId: 2, sequence: 8, records: 2 }))).toMatchObject({ lastOffset: 3 })
    expect(restored.entries().sort((a, b) => b.producerId - a.producerId)).toEqual(
      entries.filter(({ producerId }) => producerId !== 5),
    )
    expect(
      restored.applyMarker(headerOf({ producerId: 1 }), { isCommit: true, coordinatorEpoch: 0 }, 9, 0),
    ).toMatchObject({
      firstOffset: 1,
      lastStableOffset: 5,
    })
  })

  test('of a producer is all or nothing, also when its last batch has the oldest time', () => {
    const trace = new Trace()
    trace.data({ sequence: 0, timestamp: 5000 })
    trace.data({ sequence: 1, timestamp: 1000 })
    const restored = new ProducerState()
    restored.load(trace.state.entries(), 6000, 4000)
    expect(restored.describe()).toEqual([])
    restored.load(trace.state.entries(), 4999, 4000)
    expect(restored.describe()).toMatchObject([{ producerId: 7, lastSequence: 1 }])
    expect(restored.duplicateOf(headerOf({ sequence: 0 }))).toMatchObject({ lastOffset: 0 })
  })
})
