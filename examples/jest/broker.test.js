const { startBroker } = require('odradek')

test('a broker without hooks', async () => {
  const broker = await startBroker({
    topics: {
      orders: 3,
      customers: {
        partitions: 1,
        configs: { 'cleanup.policy': 'compact' },
        records: [{ key: 'ann', value: '{"city":"Prague"}', headers: { source: 'import' } }],
      },
    },
  })

  await broker.produce('orders', ['one', { key: 'ann', value: 'two' }])
  const records = await broker.records('orders', 2)
  expect(records).toContainEqual(expect.objectContaining({ key: 'ann', value: 'two', headers: {} }))

  const [customer] = await broker.records('customers', { decode: JSON.parse, isolation: 'read_committed' })
  expect(customer.value.city).toBe('Prague')

  await broker.reset()
  expect(await broker.records('orders')).toEqual([])
  await broker.close()
})
