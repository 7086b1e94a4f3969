import kafkajs from 'kafkajs'
import { useBroker } from 'odradek/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Billing } from '../billing.cjs'

const broker = useBroker({ beforeAll, beforeEach, afterAll }, { topics: { orders: 3, invoices: 1 } })

let billing

beforeEach(async () => {
  const { Kafka, logLevel } = kafkajs
  billing = new Billing(new Kafka({ brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING }))
  await billing.start()
})

afterEach(() => billing.stop())

test('an order has an invoice', async () => {
  await broker.produce('orders', [{ key: 'ann', value: '{"amount":10}' }])
  expect(await broker.records('invoices', { count: 1, decode: JSON.parse })).toMatchObject([
    { key: 'ann', value: { total: 12 } },
  ])
})

test('the next test finds nothing of it', async () => {
  expect(await broker.records('invoices')).toEqual([])
})
