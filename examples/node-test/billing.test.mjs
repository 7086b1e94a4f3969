import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import kafkajs from 'kafkajs'
import { useBroker } from 'odradek/testing'
import { Billing } from '../billing.cjs'

const broker = useBroker({ beforeAll: before, beforeEach, afterAll: after }, { topics: { orders: 3, invoices: 1 } })

let billing

beforeEach(async () => {
  const { Kafka, logLevel } = kafkajs
  billing = new Billing(new Kafka({ brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING }))
  await billing.start()
})

afterEach(() => billing.stop())

test('an order has an invoice', async () => {
  await broker.produce('orders', [{ key: 'ann', value: '{"amount":10}' }])
  const [invoice] = await broker.records('invoices', { count: 1, decode: JSON.parse })
  assert.equal(invoice.key, 'ann')
  assert.deepEqual(invoice.value, { total: 12 })
})

test('the next test finds nothing of it', async () => {
  assert.deepEqual(await broker.records('invoices'), [])
})
