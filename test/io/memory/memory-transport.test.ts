import { MemoryTransport } from '../../../src/io/memory/memory-transport'
import type { Stream } from '../../../src/io/transport'
import { RecordedStream } from '../../support/recorded-stream'
import { virtualTime } from '../../support/virtual-time'

async function connected() {
  const { clock, timers } = virtualTime()
  const transport = new MemoryTransport(timers)
  const accepted: Stream[] = []
  const listener = await transport.listen({ host: 'broker-1', port: 9092 }, stream => accepted.push(stream))
  const connecting = transport.connect({ host: 'broker-1', port: 9092, timeoutMs: 1 })
  await timers.settle()
  const client = new RecordedStream(await connecting)
  const server = new RecordedStream(accepted[0]!)
  return { clock, timers, transport, listener, client, server }
}

test('nothing happens before the turn is over, and then all of it without time going by', async () => {
  const { clock, timers, client, server } = await connected()
  client.stream.write([Buffer.from('request')])
  expect(server.events).toEqual([])
  await timers.settle()
  expect(server.received.toString()).toBe('request')
  expect(clock.monotonic()).toBe(0)
})

test('a peer that keeps its side open is cut off in the end', async () => {
  const { timers, client, server } = await connected()
  client.stream.end()
  await timers.advance(4_999)
  expect(client.isClosed).toBe(false)
  await timers.advance(1)
  expect(client.isClosed).toBe(true)
  server.stream.write([Buffer.from('too late')])
  await timers.settle()
  expect(server.events).toEqual(['end', 'close'])
  expect(server.error).toMatchObject({ code: 'ECONNRESET' })
})

test('closed connections leave no timers behind', async () => {
  const { timers, client, server } = await connected()
  client.stream.end()
  server.stream.end()
  await timers.settle()
  expect([client.isClosed, server.isClosed]).toEqual([true, true])
  expect(timers.pendingCount).toBe(0)
})

test('a connection that is broken off with bytes on their way leaves no timers behind', async () => {
  const { timers, client, server } = await connected()
  client.stream.write([Buffer.from('last words')])
  client.stream.destroy()
  await timers.settle()
  expect(client.isClosed).toBe(true)
  server.stream.destroy()
  await timers.settle()
  expect(timers.pendingCount).toBe(0)
})

test('free ports differ', async () => {
  const { transport } = await connected()
  const ports = await Promise.all([1, 2, 3].map(() => transport.listen({ host: 'h', port: 0 }, () => {})))
  expect(new Set(ports.map(listener => listener.port)).size).toBe(3)
})
