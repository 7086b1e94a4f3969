import { once } from 'node:events'
import net from 'node:net'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { SaslAuthenticate } from '../../protocol/messages/36-sasl-authenticate'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { HandlerRegistry } from '../../src/handlers/registry'
import { nodeClock } from '../../src/io/node/node-clock'
import { NodeTimers } from '../../src/io/node/node-timers'
import { NodeTransport } from '../../src/io/node/node-transport'
import { SocketServer } from '../../src/network/socket-server'
import { eventually } from '../support/eventually'
import { DEFAULT_NETWORK_SETTINGS, echo, HeldRequests } from '../support/network-harness'
import { RecordingLogger } from '../support/recording-logger'
import { requestFrame, TestClient } from '../support/test-client'

const transport = new NodeTransport()
let held: HeldRequests
let server: SocketServer
let address: { readonly host: string; readonly port: number }

beforeEach(async () => {
  held = new HeldRequests()
  server = new SocketServer({
    transport,
    clock: nodeClock,
    timers: new NodeTimers(),
    logger: new RecordingLogger(),
    registry: new HandlerRegistry([echo(), held.handler], () => ({ supported: [], finalized: [], finalizedEpoch: -1 })),
    settings: () => DEFAULT_NETWORK_SETTINGS,
  })
  address = await server.listen({ name: 'PLAINTEXT', host: '127.0.0.1', port: 0, securityProtocol: 'PLAINTEXT' })
  server.serve()
})

afterEach(async () => {
  await server.close(0)
  expect(server.connectionCount).toBe(0)
  expect(server.requestBytes).toBe(0)
})

test('a client over TCP is answered, on the port that was free', async () => {
  expect(address.port).toBeGreaterThan(0)
  const client = await TestClient.connect(transport, address)
  const response = await client.send(ApiVersions, 4, { clientSoftwareName: 'a', clientSoftwareVersion: '1' })
  expect(response.apiKeys.map(({ apiKey }) => apiKey)).toEqual([12, 18, 36])
  await client.destroy()
})

test('thousands of pipelined requests of all sizes come back whole and in order', async () => {
  const client = await TestClient.connect(transport, address)
  const texts = Array.from({ length: 3_000 }, (_, i) => Buffer.alloc(i % 100 === 0 ? 200_000 : i % 977, i))
  const answers = await Promise.all(texts.map(authBytes => client.send(SaslAuthenticate, 2, { authBytes })))
  expect(answers.every(({ authBytes }, i) => authBytes.equals(texts[i]!))).toBe(true)
  await client.destroy()
})

test('a client that has sent its last byte still gets all its answers', async () => {
  const socket = net.connect({ ...address, allowHalfOpen: true })
  const answers = new FrameSplitter(10_000)
  socket.on('data', chunk => answers.push(chunk))
  const frame = requestFrame(SaslAuthenticate, 2, { authBytes: Buffer.alloc(1_000) })
  socket.end(Buffer.concat(Array.from({ length: 200 }, () => frame)))
  await once(socket, 'close')
  for (let i = 0; i < 200; i++) expect(answers.next()?.length).toBeGreaterThan(1_000)
  expect(answers.next()).toBeNull()
})

test('what was answered before a bad frame reaches a client that is still sending', async () => {
  const client = await TestClient.connect(transport, address)
  const answer = client.send(SaslAuthenticate, 2, {})
  client.sendRaw(Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.alloc(500_000))
  await answer
  await client.closed
})

test('a client that resets its connection takes its waiting requests with it', async () => {
  const socket = net.connect(address)
  await once(socket, 'connect')
  socket.write(requestFrame(Heartbeat, 4, { memberId: 'a' }))
  await eventually(() => held.started.includes('a'))
  const context = held.contexts.get('a')!
  const interrupted = new Promise<void>(resolve => context.onInterrupt(resolve))
  socket.resetAndDestroy()
  await interrupted
  await eventually(() => context.connection.closed)
})

test('a broker that closes answers what is in work before it lets go', async () => {
  const client = await TestClient.connect(transport, address)
  const answer = client.send(Heartbeat, 4, { memberId: 'a' })
  await eventually(() => held.started.includes('a'))
  const context = held.contexts.get('a')!
  context.onInterrupt(() => held.answer('a'))
  const closed = server.close(10_000)
  expect((await answer).errorCode).toBe(0)
  await Promise.all([closed, client.closed])
})
