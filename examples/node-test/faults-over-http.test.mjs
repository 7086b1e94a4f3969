import assert from 'node:assert/strict'
import { test } from 'node:test'
import kafkajs from 'kafkajs'
import { startBroker } from 'odradek'

test('a broker that does not share the process is told of faults over HTTP', async () => {
  const broker = await startBroker({ topics: { orders: 1 }, settings: { 'http.listeners': '127.0.0.1:0' } })
  const faults = `${broker.http}/faults`

  const response = await fetch(faults, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 }),
  })
  const { id } = await response.json()

  const kafka = new kafkajs.Kafka({ brokers: [broker.bootstrapServers], logLevel: kafkajs.logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'a' }] })

  const [{ hits }] = await (await fetch(faults)).json()
  assert.equal(hits, 1)
  await fetch(`${faults}/${id}`, { method: 'DELETE' })

  await producer.disconnect()
  await broker.close()
})
