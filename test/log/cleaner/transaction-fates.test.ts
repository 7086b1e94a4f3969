import { readBatchHeader } from '../../../protocol/records/batch-header'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { TransactionFates } from '../../../src/log/cleaner/transaction-fates'
import type { AbortedTransactionEntry } from '../../../src/log/transaction-index'

const headerAt = (baseOffset: number, producerId: number, isTransactional = true) =>
  readBatchHeader(encodeBatch({ baseOffset, producerId, producerEpoch: 0, isTransactional, records: [{}] }), 0)
const aborted = (producerId: number, firstOffset: number, lastOffset: number): AbortedTransactionEntry => ({
  producerId,
  firstOffset,
  lastOffset,
  lastStableOffset: lastOffset + 1,
})
const ABORT = { isCommit: false, coordinatorEpoch: 0 }
const COMMIT = { isCommit: true, coordinatorEpoch: 0 }

test('data is aborted from the first offset of its transaction up to the marker', () => {
  const fates = new TransactionFates([aborted(1, 10, 20), aborted(1, 40, 50)])
  expect(fates.sawData(headerAt(5, 1))).toBe(false)
  expect(fates.sawData(headerAt(10, 1))).toBe(true)
  expect(fates.sawData(headerAt(11, 2))).toBe(false)
  expect(fates.sawData(headerAt(12, 1, false))).toBe(false)
  fates.sawMarker(headerAt(20, 1), ABORT)
  expect(fates.sawData(headerAt(30, 1))).toBe(false)
  expect(fates.sawData(headerAt(45, 1))).toBe(true)
})

test('the marker of an aborted transaction is needed, and told of, while there is data', () => {
  const needed: AbortedTransactionEntry[] = []
  const transactions = [aborted(1, 10, 20), aborted(2, 11, 21)]
  const fates = new TransactionFates(transactions, transaction => needed.push(transaction))
  fates.sawData(headerAt(10, 1))
  expect(fates.sawMarker(headerAt(20, 1), ABORT)).toBe(false)
  expect(fates.sawMarker(headerAt(21, 2), ABORT)).toBe(true)
  expect(needed).toEqual([transactions[0]])
})

test('the marker of a committed transaction is needed while there is data', () => {
  const fates = new TransactionFates([])
  fates.sawData(headerAt(10, 1))
  expect(fates.sawMarker(headerAt(20, 1), COMMIT)).toBe(false)
  expect(fates.sawMarker(headerAt(30, 1), COMMIT)).toBe(true)
})
