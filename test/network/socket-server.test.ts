import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { SaslAuthenticate } from '../../protocol/messages/36-sasl-authenticate'
import { echo, HeldRequests, NetworkHarness, type NetworkHarnessOptions } from '../support/network-harness'
import { TestClient } from '../support/test-client'

let harness: NetworkHarness
let held: HeldRequests

afterEach(() => harness.close())

const start = async (options: NetworkHarnessOptions = {}) => {
  held = new HeldRequests()
  harness = await NetworkHarness.start({ handlers: [echo(), held.handler], ...options })
}

describe('listeners', () => {
  test('each has its own port, and requests know where they came in', async () => {
    await start()
    const internal = { name: 'INTERNAL', host: 'localhost', port: 0, securityProtocol: 'PLAINTEXT', rack: 'r1' }
    const bound = await harness.server.listen(internal)
    expect(bound).toEqual({ ...internal, port: expect.any(Number) })
    expect(bound.port).not.toBe(harness.port)
    const client = await harness.until(TestClient.connect(harness.transport, bound))
    harness.clients.push(client)
    client.sendUnanswered(Heartbeat, 4, { memberId: 'a' })
    await harness.settle()
    expect(held.contexts.get('a')!.listenerName).toBe('INTERNAL')
    held.answer('a', null)
  })

  test('a thousand clients may wait to be accepted, and more where the setting says so', async () => {
    await start({ settings: { socketListenBacklogSize: 50 } })
    const listen = jest.spyOn(harness.transport, 'listen')
    const endpoint = { name: 'MORE', host: 'localhost', port: 0, securityProtocol: 'PLAINTEXT' }
    await harness.server.listen(endpoint)
    harness.settings.socketListenBacklogSize = 5000
    await harness.server.listen(endpoint)
    expect(listen.mock.calls.map(([{ backlog }]) => backlog)).toEqual([1024, 5000])
  })

  test('a port in use is reported with the code of the system', async () => {
    await start()
    const again = { name: 'AGAIN', host: 'localhost', port: harness.port, securityProtocol: 'PLAINTEXT' }
    await expect(harness.server.listen(again)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('clients may connect before the broker serves, and are answered when it does', async () => {
    await start({ held: true })
    const client = await harness.connect()
    const answer = client.send(SaslAuthenticate, 2, {})
    await harness.settle()
    expect(client.receivedFrames).toBe(0)
    harness.server.serve()
    await harness.until(answer)
  })
})

describe('limits', () => {
  test('one address has no more connections than max.connections.per.ip or its override allows', async () => {
    await start({ settings: { maxConnectionsPerIp: 1 } })
    const first = await harness.connect()
    const second = await harness.connect()
    await harness.until(second.closed)
    expect(first.isClosed).toBe(false)
    expect(harness.warnings).toEqual(['max.connections.per.ip'])
    harness.settings.maxConnectionsPerIpOverrides = '127.0.0.1:2'
    const third = await harness.connect()
    await harness.settle()
    expect(third.isClosed).toBe(false)
    await harness.until(first.destroy())
    await harness.connect()
    expect(harness.server.connectionCount).toBe(2)
  })

  test('an idle connection is closed after connections.max.idle.ms, one with a request in work is not', async () => {
    await start({ settings: { connectionsMaxIdleMs: 10_000 } })
    const idle = await harness.connect()
    const waiting = await harness.connect()
    const answer = waiting.send(Heartbeat, 4, { memberId: 'a' })
    await harness.time.timers.advance(25_000)
    expect([idle.isClosed, waiting.isClosed]).toEqual([true, false])
    held.answer('a')
    await harness.until(answer)
    await harness.time.timers.advance(25_000)
    expect(waiting.isClosed).toBe(true)
    expect(harness.time.timers.pendingCount).toBe(0)
  })

  test('a client that sends from time to time is never idle', async () => {
    await start({ settings: { connectionsMaxIdleMs: 10_000 } })
    const client = await harness.connect()
    for (let i = 0; i < 10; i++) {
      await harness.time.timers.advance(9_000)
      await harness.until(client.send(SaslAuthenticate, 2, {}))
    }
  })

  test('a client that takes nothing of its answers for connections.max.idle.ms is closed', async () => {
    await start({ settings: { connectionsMaxIdleMs: 10_000 } })
    const client = await harness.connect()
    client.pause()
    for (let i = 0; i < 10; i++) client.sendUnanswered(SaslAuthenticate, 2, { authBytes: Buffer.alloc(500_000) })
    await harness.time.timers.advance(11_000)
    expect(harness.server.connectionCount).toBe(0)
  })
})

describe('shutdown', () => {
  test('requests in work are answered, waiting ones at once, and what comes later is not read', async () => {
    await start()
    const client = await harness.connect()
    const running = client.send(Heartbeat, 4, { memberId: 'running' })
    const poll = client.send(Heartbeat, 4, { memberId: 'poll' })
    await harness.settle()
    held.contexts.get('poll')!.onInterrupt(() => held.answer('poll'))
    const closed = harness.server.close(5_000)
    await harness.settle()
    const late = client.send(Heartbeat, 4, { memberId: 'late' })
    late.catch(() => {})
    await harness.time.timers.advance(1_000)
    expect(held.started).toEqual(['running', 'poll'])
    held.answer('running')
    await harness.until(Promise.all([running, poll, closed]))
    await expect(late).rejects.toThrow('closed')
    expect(harness.warnings).toEqual([])
  })

  test('a request that does not come to an end is broken off when the time is over', async () => {
    await start()
    const client = await harness.connect()
    const answer = client.send(Heartbeat, 4, { memberId: 'stuck' })
    answer.catch(() => {})
    await harness.settle()
    const closed = harness.server.close(5_000)
    await harness.time.timers.advance(4_999)
    expect(client.isClosed).toBe(false)
    await harness.time.timers.advance(1)
    await closed
    await expect(answer).rejects.toThrow('closed')
  })

  test('nobody can connect any more', async () => {
    await start()
    await harness.until(harness.server.close(0))
    const address = { host: 'localhost', port: harness.port }
    await expect(harness.until(TestClient.connect(harness.transport, address))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })

  test('idle clients are closed without waiting', async () => {
    await start()
    const clients = [await harness.connect(), await harness.connect()]
    await harness.until(harness.server.close(5_000))
    expect(clients.map(client => client.isClosed)).toEqual([true, true])
  })
})
