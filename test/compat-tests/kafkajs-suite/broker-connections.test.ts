import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { BrokerConnections } from '../../../compat-tests/kafkajs-suite/broker-connections'

const [{ connect }, { connect: connectSecurely }] = [net, tls]

let server: net.Server
let connections: BrokerConnections
let socket: net.Socket

beforeEach(async () => {
  server = net.createServer(accepted => accepted.on('error', () => {}).pipe(accepted)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  connections = new BrokerConnections({ host: '127.0.0.1', port: (server.address() as net.AddressInfo).port })
})

afterEach(async () => {
  net.connect = connect
  tls.connect = connectSecurely
  socket?.end()
  server.close()
  await once(server, 'close')
})

/** A request of an API, as far as anybody looks. */
const request = (apiKey: number) => Buffer.from([0, 0, 0, 2, 0, apiKey])

/** Sends requests, and resolves with what comes back. */
const exchange = async (...apiKeys: readonly number[]): Promise<Buffer> => {
  const requests = apiKeys.map(request)
  for (const bytes of requests) socket.write(bytes)
  let echo = Buffer.alloc(0)
  while (echo.length < Buffer.concat(requests).length) echo = Buffer.concat([echo, ...(await once(socket, 'data'))])
  return echo
}

test.each([9092, 9095, 9098])('a connection to port %i of kafkajs is one to the broker', async port => {
  socket = net.connect({ host: 'localhost', port })
  expect(await exchange(1)).toEqual(request(1))
})

test('connections and what is sent count as activity, also when they are closed', async () => {
  socket = net.connect({ host: 'localhost', port: 9092 })
  const connected = connections.activity
  expect(connected).toBeGreaterThan(0)
  await exchange(1)
  const sent = connections.activity
  expect(sent).toBeGreaterThan(connected)
  socket.destroy()
  expect([connections.activity, connections.activity]).toEqual([sent, sent])
})

test('connections that were forgotten do not count any longer', async () => {
  socket = net.connect({ host: 'localhost', port: 9092 })
  await exchange(1)
  connections.forget()
  const before = connections.activity
  await exchange(1)
  expect(connections.activity).toBe(before)
})

test('requests that are held back arrive all the same, behind ApiVersions', async () => {
  connections.latencyMs = 1
  socket = net.connect({ host: 'localhost', port: 9092 })
  expect(await exchange(1, 18)).toEqual(Buffer.concat([request(18), request(1)]))
})

test('TLS is refused at once', () => {
  expect(() => tls.connect({ host: 'localhost', port: 9093 })).toThrow('does not speak TLS')
})
