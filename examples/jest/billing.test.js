const { Kafka, logLevel } = require('kafkajs')
const { useBroker } = require('odradek/jest')
const { Billing } = require('../billing.cjs')

const broker = useBroker({ topics: { orders: 3, invoices: 1 } })

let billing

beforeEach(async () => {
  const kafka = new Kafka({
    brokers: [broker.bootstrapServers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })
  billing = new Billing(kafka)
  await billing.start()
})

afterEach(() => billing.stop())

test('each order has an invoice', async () => {
  await broker.produce('orders', [
    { key: 'ann', value: '{"amount":10}' },
    { key: 'bob', value: '{"amount":20}' },
  ])
  const invoices = await broker.records('invoices', { count: 2, decode: JSON.parse })
  expect(invoices).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ key: 'ann', value: { total: 12 } }),
      expect.objectContaining({ key: 'bob', value: { total: 24 } }),
    ]),
  )
})

test('the next test finds nothing of it', async () => {
  expect(await broker.records('orders')).toEqual([])
})

test('an invoice is written although its partition moves', async () => {
  const fault = broker.faults.add({
    api: 'Produce',
    topic: 'invoices',
    error: 'NOT_LEADER_OR_FOLLOWER',
    times: 2,
  })
  await broker.produce('orders', [{ key: 'ann', value: '{"amount":10}' }])
  expect(await broker.records('invoices', 1)).toHaveLength(1)
  expect(fault.hits).toBe(2)
})

test('it is written once although the first answer gets lost', async () => {
  const fault = broker.faults.add({ api: 'Produce', topic: 'invoices', disconnect: true, when: 'after', times: 1 })
  await broker.produce('orders', [
    { key: 'ann', value: '{"amount":10}', partition: 0 },
    { key: 'ann', value: '{"amount":30}', partition: 0 },
  ])
  const invoices = await broker.records('invoices', 2)
  expect(invoices.map(({ value }) => value)).toEqual(['{"total":12}', '{"total":36}'])
  expect(fault.hits).toBe(1)
})
