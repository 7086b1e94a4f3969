import { decodeRecords, iterateBatches } from '../../../protocol/records/record-batch'
import {
  readTransactionRecord,
  transactionRecord,
  transactionTombstone,
} from '../../../src/coordinator/transaction/transaction-record'
import { kafkaData } from '../../support/kafka-data'

const LOG = '/__transaction_state-0/00000000000000000000.log'

test('records that Kafka wrote are written again byte by byte', () => {
  const log = kafkaData('stopped').readFile(LOG)!
  let count = 0
  for (const { position } of iterateBatches(log)) {
    for (const { key, value } of decodeRecords(log, position, { maxBytes: 1_000_000 })) {
      const { transactionalId, metadata } = readTransactionRecord({ key: key!, value })
      expect(transactionRecord(metadata!)).toEqual({ key, value })
      expect(transactionTombstone(transactionalId)).toEqual({ key, value: null })
      count++
    }
  }
  expect(count).toBeGreaterThan(70)
})
