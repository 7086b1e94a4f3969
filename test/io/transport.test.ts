import { MemoryTransport } from '../../src/io/memory/memory-transport'
import { NodeTimers } from '../../src/io/node/node-timers'
import { NodeTransport } from '../../src/io/node/node-transport'
import type { Stream, Transport, TransportListener } from '../../src/io/transport'
import { eventually } from '../support/eventually'
import { RecordedStream } from '../support/recorded-stream'

const adapters: [string, () => Transport][] = [
  ['NodeTransport', () => new NodeTransport()],
  ['MemoryTransport', () => new MemoryTransport(new NodeTimers())],
]

const HOST = '127.0.0.1'
const MEBIBYTE = 1024 * 1024

describe.each(adapters)('%s', (_name, make) => {
  let transport: Transport
  let listener: TransportListener
  let accepted: Stream[]
  let streams: Stream[]

  beforeEach(async () => {
    transport = make()
    accepted = []
    streams = []
    listener = await transport.listen({ host: HOST, port: 0 }, stream => {
      accepted.push(stream)
      streams.push(stream)
    })
  })

  afterEach(async () => {
    for (const stream of streams) stream.destroy()
    await listener.close()
  })

  async function connect(): Promise<Stream> {
    const stream = await transport.connect({ host: HOST, port: listener.port, timeoutMs: 5000 })
    streams.push(stream)
    return stream
  }

  async function pair(): Promise<[RecordedStream, RecordedStream]> {
    const client = await connect()
    const server = await eventually(() => accepted.pop())
    return [new RecordedStream(client), new RecordedStream(server)]
  }

  test('a free port is chosen and said', () => {
    expect(listener.host).toBe(HOST)
    expect(listener.port).toBeGreaterThan(0)
  })

  test('both sides know each other’s address', async () => {
    const [client, server] = await pair()
    expect(client.stream.remotePort).toBe(listener.port)
    expect(client.stream.localPort).toBe(server.stream.remotePort)
    expect(client.stream.localAddress).toBe(server.stream.remoteAddress)
    expect(server.stream.localPort).toBe(listener.port)
  })

  test('bytes arrive in order, however they were cut', async () => {
    const [client, server] = await pair()
    const sent: Buffer[] = []
    for (let index = 0; index < 500; index++) {
      const buffers = [Buffer.from(`${index}`), Buffer.alloc(0), Buffer.alloc(index * 7, index)]
      client.stream.write(buffers)
      sent.push(...buffers)
    }
    const expected = Buffer.concat(sent)
    await eventually(() => server.received.length >= expected.length)
    expect(server.received.equals(expected)).toBe(true)
  })

  test('what the receiver does with a chunk is his affair', async () => {
    const [client, server] = await pair()
    const bytes = Buffer.from('abc')
    client.stream.write([bytes])
    await eventually(() => server.received.length === 3)
    expect([bytes, server.received].map(String)).toEqual(['abc', 'abc'])
  })

  test('nothing is lost before the receivers are installed', async () => {
    const client = await connect()
    client.write([Buffer.from('early')])
    const stream = await eventually(() => accepted.pop())
    const server = new RecordedStream(stream)
    await eventually(() => server.received.toString() === 'early')
  })

  test('a paused receiver stops the sender, and a resumed one gets all', async () => {
    const [client, server] = await pair()
    server.stream.pause()
    const chunk = Buffer.alloc(MEBIBYTE, 'x')
    let written = 0
    while (client.stream.write([chunk])) written++
    for (let more = 0; more < 20; more++) client.stream.write([chunk])
    expect(client.stream.pendingBytes).toBeGreaterThan(MEBIBYTE)
    expect(client.events).toEqual([])
    server.stream.resume()
    const expected = (written + 21) * MEBIBYTE
    await eventually(() => server.chunks.reduce((sum, { length }) => sum + length, 0) === expected)
    await eventually(() => client.events.includes('drain'))
    expect(client.events).toEqual(['drain'])
    expect(client.stream.pendingBytes).toBe(0)
    expect(client.stream.write([Buffer.from('x')])).toBe(true)
  })

  test('says when what was written may change', async () => {
    const [client, server] = await pair()
    const big = Buffer.alloc(8 * MEBIBYTE, 'a')
    const small = Buffer.from('end')
    server.stream.pause()
    const taken: string[] = []
    client.stream.write([big], () => {
      big.fill('b')
      taken.push('big')
    })
    client.stream.write([small], () => {
      small.fill('c')
      taken.push('small')
    })
    server.stream.resume()
    await eventually(() => taken.length === 2)
    expect(taken).toEqual(['big', 'small'])
    await eventually(() => server.received.length === big.length + small.length)
    expect(server.received.equals(Buffer.concat([Buffer.alloc(big.length, 'a'), Buffer.from('end')]))).toBe(true)
  })

  test('a side that has ended still receives nothing, and both close once', async () => {
    const [client, server] = await pair()
    client.stream.write([Buffer.from('last')])
    client.stream.end()
    client.stream.end()
    await eventually(() => server.events.includes('end'))
    expect(server.received.toString()).toBe('last')
    expect(server.isClosed).toBe(false)
    server.stream.write([Buffer.from('answer')])
    server.stream.end()
    await eventually(() => client.isClosed && server.isClosed)
    expect(client.events).toEqual(['close'])
    expect(server.events).toEqual(['data', 'end', 'close'])
    expect(client.error).toBeUndefined()
    expect(server.error).toBeUndefined()
  })

  test('end sends what is pending first, also to a receiver that is slow', async () => {
    const [client, server] = await pair()
    server.stream.pause()
    for (let count = 0; count < 20; count++) client.stream.write([Buffer.alloc(MEBIBYTE, 'x')])
    client.stream.end()
    server.stream.resume()
    await eventually(() => server.events.includes('end'))
    expect(server.received.length).toBe(20 * MEBIBYTE)
  })

  test('destroy closes at once, and the other side learns of it', async () => {
    const [client, server] = await pair()
    client.stream.destroy()
    client.stream.destroy()
    await eventually(() => client.isClosed)
    expect(client.events).toEqual(['close'])
    await eventually(() => server.events.length > 0)
    expect(server.events[0]).toMatch(/end|close/)
    server.stream.end()
    await eventually(() => server.isClosed)
    expect(server.events.filter(event => event === 'close')).toHaveLength(1)
  })

  test('destroy with input unread breaks the connection for the other side', async () => {
    const [client, server] = await pair()
    server.stream.pause()
    client.stream.write([Buffer.alloc(MEBIBYTE)])
    server.stream.destroy()
    await eventually(() => client.isClosed)
    expect(client.error).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) })
  })

  test('writing to a closed stream does nothing', async () => {
    const [client] = await pair()
    client.stream.destroy()
    await eventually(() => client.isClosed)
    client.stream.write([Buffer.from('x')])
    client.stream.end()
    expect(client.stream.pendingBytes).toBe(0)
    expect(client.events).toEqual(['close'])
  })

  test('a closed listener takes no new connections and keeps the old ones', async () => {
    const [client, server] = await pair()
    await listener.close()
    await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    client.stream.write([Buffer.from('still here')])
    await eventually(() => server.received.toString() === 'still here')
  })

  test('a port has one listener, and is free again once that is closed', async () => {
    const again = { host: HOST, port: listener.port }
    await expect(transport.listen(again, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await listener.close()
    listener = await transport.listen(again, () => {})
    expect(listener.port).toBe(again.port)
  })
})
