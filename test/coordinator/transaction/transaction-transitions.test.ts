import { ErrorCode } from '../../../protocol/errors'
import {
  LAST_CLIENT_EPOCH,
  type TransactionMetadata,
  TransactionState,
} from '../../../src/coordinator/transaction/transaction-metadata'
import {
  addPartitions,
  afterEnd,
  checkVerification,
  complete,
  endTransaction,
  fence,
  initProducer,
  isExpired,
  isTimedOut,
  NEEDS_PRODUCER_ID,
} from '../../../src/coordinator/transaction/transaction-transitions'

const NOW = 5_000
const ID = 'tx'
const NEW_ID = 99
const partitions = new Map([['orders', new Set([0])]])

const metadata = (fields: Partial<TransactionMetadata> = {}): TransactionMetadata => ({
  transactionalId: ID,
  producerId: 7,
  previousProducerId: 7,
  nextProducerId: -1,
  producerEpoch: 3,
  timeoutMs: 60_000,
  state: TransactionState.Empty,
  partitions: new Map(),
  updatedAt: 1_000,
  startedAt: -1,
  clientVersion: 0,
  ...fields,
})

const ongoing = (fields: Partial<TransactionMetadata> = {}) =>
  metadata({ state: TransactionState.Ongoing, partitions, startedAt: 2_000, ...fields })

const init = (
  current: TransactionMetadata | undefined,
  expected: { producerId: number; producerEpoch: number } | null = null,
  lastProducerEpoch = -1,
  newProducerId: number | null = NEW_ID,
) => initProducer(current, lastProducerEpoch, { transactionalId: ID, timeoutMs: 100, expected }, newProducerId, NOW)

const end = (
  current: TransactionMetadata | undefined,
  clientVersion: 0 | 2,
  isCommit: boolean,
  producer: { producerId?: number; producerEpoch?: number } = {},
  newProducerId: number | null = NEW_ID,
) => {
  const request = { producerId: 7, producerEpoch: 3, ...producer, isCommit, clientVersion }
  return endTransaction(current, request, newProducerId, NOW)
}

describe('a producer that begins', () => {
  test('gets a new producer id with epoch 0 for a new transactional id, whatever it expects', () => {
    expect(init(undefined, null, -1, null)).toBe(NEEDS_PRODUCER_ID)
    for (const expected of [null, { producerId: 1, producerEpoch: 5 }]) {
      expect(init(undefined, expected)).toMatchObject({
        errorCode: ErrorCode.NONE,
        next: { producerId: NEW_ID, producerEpoch: 0, state: TransactionState.Empty, timeoutMs: 100, startedAt: -1 },
      })
    }
  })

  test.each(['Empty', 'CompleteCommit', 'CompleteAbort'] as const)('gets the next epoch in %s', state => {
    expect(init(metadata({ state: TransactionState[state], startedAt: 9 }))).toMatchObject({
      next: { producerId: 7, producerEpoch: 4, state: TransactionState.Empty, startedAt: -1 },
      lastProducerEpoch: -1,
    })
  })

  test.each(['PrepareCommit', 'PrepareAbort'] as const)('has to wait in %s', state => {
    expect(init(metadata({ state: TransactionState[state] }))).toMatchObject({
      errorCode: ErrorCode.CONCURRENT_TRANSACTIONS,
      next: null,
    })
  })

  test('has what is ongoing aborted under an epoch that fences its producer, and has to ask again', () => {
    expect(init(ongoing())).toMatchObject({
      errorCode: ErrorCode.CONCURRENT_TRANSACTIONS,
      next: { state: TransactionState.PrepareAbort, producerEpoch: 4, partitions },
      lastProducerEpoch: 3,
    })
  })

  test('goes on with the next epoch when it names its own, and gets the same once more when it repeats that', () => {
    const expected = { producerId: 7, producerEpoch: 3 }
    const first = init(metadata(), expected)
    expect(first).toMatchObject({ next: { producerEpoch: 4 }, lastProducerEpoch: 3 })
    if (first === NEEDS_PRODUCER_ID) throw new Error('unexpected')
    expect(init(first.next!, expected, 3)).toMatchObject({ next: { producerEpoch: 4 }, lastProducerEpoch: 3 })
    expect(init(first.next!, expected, -1)).toMatchObject({ errorCode: ErrorCode.PRODUCER_FENCED, next: null })
  })

  test.each([
    ['an older epoch', { producerId: 7, producerEpoch: 2 }],
    ['a higher epoch', { producerId: 7, producerEpoch: 4 }],
    ['another producer id', { producerId: 8, producerEpoch: 3 }],
  ])('is fenced when it names %s', (_, expected) => {
    expect(init(metadata(), expected)).toMatchObject({ errorCode: ErrorCode.PRODUCER_FENCED, next: null })
  })

  test('gets another producer id when the epochs of its own are used up, also when it repeats that', () => {
    const last = metadata({ producerEpoch: LAST_CLIENT_EPOCH })
    expect(init(last, null, -1, null)).toBe(NEEDS_PRODUCER_ID)
    const expected = { producerId: 7, producerEpoch: LAST_CLIENT_EPOCH }
    const first = init(last, expected)
    expect(first).toMatchObject({
      next: { producerId: NEW_ID, previousProducerId: 7, producerEpoch: 0 },
      lastProducerEpoch: LAST_CLIENT_EPOCH,
    })
    if (first === NEEDS_PRODUCER_ID) throw new Error('unexpected')
    expect(init(first.next!, expected, LAST_CLIENT_EPOCH)).toMatchObject({
      errorCode: ErrorCode.NONE,
      next: { producerId: NEW_ID, producerEpoch: 0 },
    })
  })
})

describe('partitions', () => {
  const add = (current: TransactionMetadata | undefined, more: object = {}) =>
    addPartitions(current, { producerId: 7, producerEpoch: 3, partitions, clientVersion: 0, ...more }, NOW)

  test('begin a transaction, or join the one that is ongoing', () => {
    expect(add(metadata())).toMatchObject({ next: { state: TransactionState.Ongoing, startedAt: NOW, partitions } })
    const more = new Map([['orders', new Set([1])]])
    const { next } = add(ongoing(), { partitions: more, clientVersion: 2 })
    expect(next).toMatchObject({ startedAt: 2_000, updatedAt: NOW, clientVersion: 2 })
    expect(next!.partitions).toEqual(new Map([['orders', new Set([0, 1])]]))
  })

  test('that are in it already change nothing', () => {
    expect(add(ongoing())).toEqual({ errorCode: ErrorCode.NONE, next: null })
  })

  test.each([
    ['of an unknown id', undefined, {}, ErrorCode.INVALID_PRODUCER_ID_MAPPING],
    ['of another producer', ongoing(), { producerId: 8 }, ErrorCode.INVALID_PRODUCER_ID_MAPPING],
    ['of an older epoch', ongoing(), { producerEpoch: 2 }, ErrorCode.PRODUCER_FENCED],
    ['of a higher epoch', ongoing(), { producerEpoch: 4 }, ErrorCode.PRODUCER_FENCED],
    [
      'of a transaction that is about to end',
      metadata({ state: TransactionState.PrepareCommit }),
      {},
      ErrorCode.CONCURRENT_TRANSACTIONS,
    ],
  ] as const)('%s are neither added nor confirmed', (_, current, producer, errorCode) => {
    expect(add(current, producer)).toEqual({ errorCode, next: null })
    expect(checkVerification(current, { producerId: 7, producerEpoch: 3, ...producer })).toBe(errorCode)
  })
})

describe('the end of a transaction', () => {
  test('keeps the epoch for older clients, and is the next one for newer', () => {
    expect(end(ongoing(), 0, true)).toMatchObject({
      next: { state: TransactionState.PrepareCommit, producerEpoch: 3, partitions },
    })
    expect(end(ongoing(), 2, false)).toMatchObject({
      next: { state: TransactionState.PrepareAbort, producerEpoch: 4, clientVersion: 2 },
    })
  })

  /** What Kafka 4.3 answers to what an end is repeated with: the same result or the other one. */
  test.each([
    ['CompleteCommit', 0, true, 3, ErrorCode.NONE],
    ['CompleteCommit', 0, false, 3, ErrorCode.INVALID_TXN_STATE],
    ['CompleteAbort', 0, false, 3, ErrorCode.NONE],
    ['CompleteAbort', 0, true, 3, ErrorCode.INVALID_TXN_STATE],
    ['PrepareCommit', 0, true, 3, ErrorCode.CONCURRENT_TRANSACTIONS],
    ['PrepareCommit', 0, false, 3, ErrorCode.INVALID_TXN_STATE],
    ['PrepareAbort', 0, false, 3, ErrorCode.CONCURRENT_TRANSACTIONS],
    ['PrepareAbort', 0, true, 3, ErrorCode.INVALID_TXN_STATE],
    ['Empty', 0, true, 3, ErrorCode.INVALID_TXN_STATE],
    ['Empty', 0, false, 3, ErrorCode.INVALID_TXN_STATE],
    ['Ongoing', 0, true, 2, ErrorCode.PRODUCER_FENCED],
    ['CompleteCommit', 2, true, 2, ErrorCode.NONE],
    ['CompleteCommit', 2, false, 2, ErrorCode.INVALID_TXN_STATE],
    ['CompleteCommit', 2, true, 3, ErrorCode.INVALID_TXN_STATE],
    ['CompleteAbort', 2, false, 2, ErrorCode.NONE],
    ['CompleteAbort', 2, true, 2, ErrorCode.INVALID_TXN_STATE],
    ['CompleteAbort', 2, true, 3, ErrorCode.INVALID_TXN_STATE],
    ['PrepareCommit', 2, true, 2, ErrorCode.CONCURRENT_TRANSACTIONS],
    ['PrepareCommit', 2, false, 2, ErrorCode.INVALID_TXN_STATE],
    ['PrepareAbort', 2, false, 2, ErrorCode.CONCURRENT_TRANSACTIONS],
    ['PrepareAbort', 2, true, 2, ErrorCode.INVALID_TXN_STATE],
    ['PrepareCommit', 2, true, 3, ErrorCode.PRODUCER_FENCED],
    ['Empty', 2, true, 3, ErrorCode.INVALID_TXN_STATE],
    ['Empty', 2, false, 2, ErrorCode.PRODUCER_FENCED],
    ['CompleteCommit', 2, true, 8, ErrorCode.PRODUCER_FENCED],
  ] as const)(
    'in %s, of a client of version %s, commit %s, epoch %s: %s',
    (name, version, isCommit, epoch, errorCode) => {
      const current = metadata({ state: TransactionState[name], clientVersion: version })
      expect(end(current, version, isCommit, { producerEpoch: epoch })).toEqual({ errorCode, next: null })
    },
  )

  test.each(['Empty', 'CompleteCommit', 'CompleteAbort'] as const)(
    'is an epoch of its own when a newer client aborts in %s, where nothing was written',
    name => {
      const current = metadata({ state: TransactionState[name], clientVersion: 2 })
      expect(end(current, 2, false)).toMatchObject({
        next: { state: TransactionState.PrepareAbort, producerEpoch: 4, startedAt: NOW },
      })
    },
  )

  test('is not for those who do not have the id', () => {
    const refusal = { errorCode: ErrorCode.INVALID_PRODUCER_ID_MAPPING, next: null }
    for (const version of [0, 2] as const) {
      expect(end(undefined, version, true)).toEqual(refusal)
      expect(end(ongoing(), version, true, { producerId: 8 })).toEqual(refusal)
    }
  })

  test('at the last epoch goes over to another producer id, also for who repeats it', () => {
    const last = { producerEpoch: LAST_CLIENT_EPOCH }
    expect(end(ongoing(last), 2, true, last, null)).toBe(NEEDS_PRODUCER_ID)
    const decision = end(ongoing(last), 2, true, last)
    if (decision === NEEDS_PRODUCER_ID) throw new Error('unexpected')
    expect(decision.next).toMatchObject({ producerId: 7, producerEpoch: LAST_CLIENT_EPOCH + 1, nextProducerId: NEW_ID })
    expect(afterEnd(decision.next!)).toEqual({ producerId: NEW_ID, producerEpoch: 0 })
    const completed = complete(decision.next!, NOW)
    expect(completed).toMatchObject({ producerId: NEW_ID, producerEpoch: 0, previousProducerId: 7, nextProducerId: -1 })
    expect(end(completed, 2, true, last)).toEqual({ errorCode: ErrorCode.NONE, next: null })
    expect(end(completed, 2, false, last)).toEqual({ errorCode: ErrorCode.INVALID_TXN_STATE, next: null })
  })

  test('completes as it was decided, and leaves no partitions', () => {
    for (const [prepared, completed] of [
      ['PrepareCommit', 'CompleteCommit'],
      ['PrepareAbort', 'CompleteAbort'],
    ] as const) {
      const current = ongoing({ state: TransactionState[prepared] })
      expect(complete(current, NOW)).toMatchObject({ state: TransactionState[completed], startedAt: 2_000 })
      expect(complete(current, NOW).partitions.size).toBe(0)
    }
  })
})

describe('time', () => {
  test('ends a transaction that lasts longer than its producer asked for', () => {
    expect(isTimedOut(ongoing(), 62_000)).toBe(false)
    expect(isTimedOut(ongoing(), 62_001)).toBe(true)
    expect(isTimedOut(metadata({ state: TransactionState.PrepareCommit, startedAt: 0 }), 1e9)).toBe(false)
    expect(fence(ongoing(), null, NOW)).toMatchObject({ state: TransactionState.PrepareAbort, producerEpoch: 4 })
  })

  test('gives a new producer id to whom it takes the last epoch', () => {
    const last = ongoing({ producerEpoch: LAST_CLIENT_EPOCH })
    expect(fence(last, null, NOW)).toBe(NEEDS_PRODUCER_ID)
    expect(fence(last, NEW_ID, NOW)).toMatchObject({ producerEpoch: LAST_CLIENT_EPOCH + 1, nextProducerId: NEW_ID })
  })

  test('has ids without a transaction forgotten', () => {
    expect(isExpired(metadata(), 1_999, 1_000)).toBe(false)
    expect(isExpired(metadata(), 2_000, 1_000)).toBe(true)
    expect(isExpired(ongoing(), 1e9, 1_000)).toBe(false)
    expect(isExpired(metadata({ state: TransactionState.PrepareAbort }), 1e9, 1_000)).toBe(false)
  })
})
