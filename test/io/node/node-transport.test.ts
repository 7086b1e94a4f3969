import { once } from 'node:events'
import net from 'node:net'
import { NodeTransport } from '../../../src/io/node/node-transport'
import type { Stream } from '../../../src/io/transport'
import { eventually } from '../../support/eventually'
import { RecordedStream } from '../../support/recorded-stream'

const HOST = '127.0.0.1'

test('an error while accepting is reported, and listening goes on', async () => {
  const failures: Error[] = []
  const transport = new NodeTransport({ acceptFailed: error => failures.push(error) })
  const createServer = jest.spyOn(net, 'createServer')
  const accepted: Stream[] = []
  const listener = await transport.listen({ host: HOST, port: 0 }, stream => accepted.push(stream))
  const server = createServer.mock.results[0]!.value as net.Server
  createServer.mockRestore()
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
  expect(failures).toEqual([expect.objectContaining({ code: 'EMFILE' })])
  const client = await transport.connect({ host: HOST, port: listener.port, timeoutMs: 5000 })
  await eventually(() => accepted.length === 1)
  client.destroy()
  accepted[0]!.destroy()
  await listener.close()
})

test('a connection that does not come about in time is given up', async () => {
  const connect = jest.spyOn(net.Socket.prototype, 'connect').mockReturnThis()
  const attempt = new NodeTransport().connect({ host: HOST, port: 9, timeoutMs: 1 })
  await expect(attempt).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  connect.mockRestore()
})

test('many buffers of one write leave in one system call', async () => {
  const transport = new NodeTransport()
  const accepted: Stream[] = []
  const listener = await transport.listen({ host: HOST, port: 0 }, stream => accepted.push(stream))
  const socket = net.connect({ host: HOST, port: listener.port })
  const stream = await eventually(() => accepted.pop())
  const server = new RecordedStream(stream)
  const writev = jest.spyOn(net.Socket.prototype, '_writev')
  server.stream.write(Array.from({ length: 100 }, (_, index) => Buffer.from(`${index},`)))
  expect(writev).toHaveBeenCalledTimes(1)
  expect(server.stream.pendingBytes).toBe(0)
  writev.mockRestore()
  const [chunk] = await once(socket, 'data')
  expect(String(chunk)).toMatch(/^0,1,2,.*,99,$/)
  socket.destroy()
  server.stream.destroy()
  await eventually(() => server.isClosed)
  await listener.close()
})

test('receivers installed on a stream that has closed meanwhile still learn of it', async () => {
  const transport = new NodeTransport()
  const accepted: Stream[] = []
  const listener = await transport.listen({ host: HOST, port: 0 }, stream => accepted.push(stream))
  const client = await transport.connect({ host: HOST, port: listener.port, timeoutMs: 5000 })
  await eventually(() => accepted.length === 1)
  accepted[0]!.destroy()
  client.destroy()
  await new Promise(resolve => setImmediate(resolve))
  await new Promise(resolve => setImmediate(resolve))
  const late = new RecordedStream(client)
  await eventually(() => late.isClosed)
  expect(late.events).toEqual(['close'])
  await listener.close()
})
