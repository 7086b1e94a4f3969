import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { SaslAuthenticate } from '../../protocol/messages/36-sasl-authenticate'
import { handler } from '../../src/handlers/handler'
import { echo, HeldRequests, NetworkHarness, type NetworkHarnessOptions } from '../support/network-harness'
import { requestFrame, TestClient } from '../support/test-client'

let harness: NetworkHarness
let held: HeldRequests

afterEach(() => harness.close())

const start = async (options: NetworkHarnessOptions = {}) => {
  held = new HeldRequests()
  harness = await NetworkHarness.start({ handlers: [echo(), held.handler], ...options })
  return harness.connect()
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** Request header of version 1, or the fixed part of 2. */
const header = (apiKey: number, version: number, correlationId = 7): Buffer => {
  const bytes = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x78])
  bytes.writeInt16BE(apiKey, 0)
  bytes.writeInt16BE(version, 2)
  bytes.writeInt32BE(correlationId, 4)
  return bytes
}

const NO_TAGS = Buffer.from([0])

/** A good client is served, whatever others do. */
const expectToBeServed = async (client: TestClient) => {
  const authBytes = Buffer.from('still served')
  expect(await harness.until(client.send(SaslAuthenticate, 2, { authBytes }))).toMatchObject({ authBytes })
}

describe('frames', () => {
  test.each([
    ['a negative length', int32(-1), 'a frame of -1 bytes'],
    ['a length above socket.request.max.bytes', int32(1024 * 1024 + 1), 'a frame of 1048577 bytes'],
    ['the largest length there is', int32(0x7fff_ffff), 'a frame of 2147483647 bytes'],
    ['what a web browser sends', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a frame of 1195725856 bytes'],
    ['a TLS client hello', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), 'a frame of 369295618 bytes'],
  ])('%s closes the connection, with one line that names peer and reason', async (_, bytes, detail) => {
    const good = await start()
    const bad = await harness.connect()
    bad.sendRaw(bytes)
    await harness.until(bad.closed)
    expect(harness.logger.at('warn')).toMatchObject([{ fields: { reason: 'malformed frame', listener: 'PLAINTEXT' } }])
    expect(harness.logger.at('warn')[0]!.message).toMatch(/^closing the connection of 127\.0\.0\.1:\d+: /)
    expect(harness.logger.at('warn')[0]!.message).toContain(detail)
    await expectToBeServed(good)
  })

  test('a huge length costs nothing until its bytes arrive, and then only those', async () => {
    const client = await start({ settings: { socketRequestMaxBytes: 0x7fff_ffff } })
    client.sendRaw(int32(0x7fff_ffff), Buffer.alloc(1000))
    await harness.settle()
    // What is small may be in memory that Node has taken for others, too.
    expect(harness.server.requestBytes).toBeLessThan(Buffer.poolSize + 20_000)
    await harness.until(client.destroy())
    expect(harness.server.requestBytes).toBe(0)
  })

  test('a frame that never ends is forgotten with its connection', async () => {
    const good = await start()
    const half = await harness.connect()
    half.sendRaw(requestFrame(SaslAuthenticate, 2, { authBytes: Buffer.alloc(500) }).subarray(0, 100))
    await expectToBeServed(good)
    expect(harness.server.requestBytes).toBeGreaterThan(0)
    await harness.until(half.destroy())
    expect(harness.server.requestBytes).toBe(0)
    expect(harness.warnings).toEqual([])
  })

  test('a request that comes a byte at a time is answered', async () => {
    const client = await start()
    const frames = [1, 2, 3].map(correlationId => requestFrame(SaslAuthenticate, 2, {}, correlationId))
    for (const byte of Buffer.concat(frames)) {
      client.sendRaw(Buffer.from([byte]))
      await harness.settle()
    }
    expect(client.receivedFrames).toBe(3)
    expect(harness.server.requestBytes).toBe(0)
  })

  test('any cutting of the stream into chunks gives the same answers', async () => {
    const client = await start()
    const texts = Array.from({ length: 20 }, (_, i) => Buffer.alloc(i * 13, i))
    const stream = Buffer.concat(texts.map(authBytes => requestFrame(SaslAuthenticate, 2, { authBytes })))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 })), async sizes => {
        let at = 0
        for (const size of [...sizes, stream.length]) {
          client.sendRaw(stream.subarray(at, at + size))
          at += size
          if (size % 3 === 0) await harness.settle()
        }
        await harness.settle()
        expect(client.receivedFrames).toBe(texts.length)
        for (const text of texts) expect((await client.nextFrame()).includes(text)).toBe(true)
        expect(harness.server.requestBytes).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('random bytes close their connection at most, and leave nothing behind', async () => {
    const good = await start()
    const plausible = (bytes: Uint8Array) => [int32(bytes.length), Buffer.from(bytes)]
    const garbage = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map(bytes => [Buffer.from(bytes)]),
      fc.uint8Array({ maxLength: 300 }).map(plausible),
      fc
        .tuple(fc.constantFrom(12, 18, 36), fc.integer({ min: 0, max: 4 }), fc.uint8Array({ maxLength: 60 }))
        .map(([apiKey, version, bytes]) => plausible(Buffer.concat([header(apiKey, version), bytes]))),
    )
    await fc.assert(
      fc.asyncProperty(garbage, async bytes => {
        const bad = await harness.connect()
        bad.sendRaw(...bytes)
        await harness.settle()
        await expectToBeServed(good)
        await harness.until(bad.destroy())
        for (const name of held.started.splice(0)) held.answer(name)
        await harness.settle()
        expect(harness.server.connectionCount).toBe(1)
        expect(harness.server.requestBytes).toBe(0)
        expect(harness.logger.at('error')).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('requests', () => {
  test.each([
    ['an empty frame', Buffer.alloc(0), 'malformed request'],
    ['a header that is cut off', header(18, 0).subarray(0, 7), 'malformed request'],
    ['a header without client id', header(18, 0).subarray(0, 8), 'malformed request'],
    ['an unknown API', header(999, 0), 'unknown api'],
    ['a negative API key', header(-1, 0), 'unknown api'],
    ['an API that is defined, but not served', header(3, 0), 'unknown api'],
    ['a version above the range', Buffer.concat([header(36, 3), NO_TAGS]), 'unsupported version'],
    ['a negative version', header(36, -1), 'unsupported version'],
    ['a flexible header without tagged fields', header(36, 2), 'malformed request'],
    ['a body that is cut off', Buffer.concat([header(36, 0), int32(5), Buffer.from('abc')]), 'malformed request'],
    ['null where a value is required', Buffer.concat([header(36, 0), int32(-1)]), 'malformed request'],
    ['an unknown version of ApiVersions with a header cut off', header(18, 5), 'malformed request'],
  ])('%s closes the connection without an answer', async (_, contents, reason) => {
    const good = await start()
    const bad = await harness.connect()
    bad.sendFrame(contents)
    await harness.until(bad.closed)
    expect(bad.receivedFrames).toBe(0)
    expect(harness.warnings).toEqual([reason])
    await expectToBeServed(good)
  })

  test('what came before a bad request is answered, what comes behind it is not', async () => {
    const client = await start()
    client.sendRaw(requestFrame(Heartbeat, 4, { memberId: 'slow' }))
    client.sendRaw(requestFrame(SaslAuthenticate, 2, {}))
    client.sendFrame(header(999, 0))
    client.sendRaw(requestFrame(SaslAuthenticate, 2, {}))
    await harness.settle()
    expect(client.isClosed).toBe(false)
    held.answer('slow')
    await harness.until(client.closed)
    expect(client.receivedFrames).toBe(2)
  })

  test('a mistake in a decoder costs the connection, not the broker', async () => {
    const field = { name: 'groupId', type: 'no such type', versions: '0+' } as const
    const broken = { ...Heartbeat, request: { ...Heartbeat.request, fields: [field] } }
    harness = await NetworkHarness.start({ handlers: [echo(), handler(broken, { versions: [0, 4] }, () => null)] })
    const good = await harness.connect()
    const bad = await harness.connect()
    bad.sendFrame(header(12, 0))
    await harness.until(bad.closed)
    expect(harness.warnings).toEqual(['broken decoder'])
    expect(harness.logger.at('error')).toMatchObject([{ fields: { error: expect.any(Error) } }])
    await expectToBeServed(good)
  })

  test('bytes behind the body are ignored', async () => {
    const client = await start()
    client.sendFrame(Buffer.concat([header(18, 0), Buffer.from('more')]))
    expect((await harness.until(client.nextFrame())).readInt32BE(0)).toBe(7)
    await expectToBeServed(client)
  })

  test.each([5, 99, 32_767, -1, -5])('version %i of ApiVersions is answered in version 0', async version => {
    const client = await start()
    client.sendFrame(Buffer.concat([header(ApiVersions.key, version), NO_TAGS]))
    expect((await harness.until(client.nextFrame())).toString('hex')).toBe('00000007002300000001001200000004')
    await expectToBeServed(client)
  })

  test('a string that is longer than its request is refused', async () => {
    const client = await start()
    client.sendFrame(Buffer.concat([header(12, 4), NO_TAGS, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])]))
    await harness.until(client.closed)
    expect(harness.warnings).toEqual(['malformed request'])
  })
})

describe('many', () => {
  test('ten thousand connections beyond the limit are closed, and those within are served', async () => {
    const good = await start({ settings: { maxConnections: 3 } })
    const flood = await harness.until(
      Promise.all(
        Array.from({ length: 10_000 }, () =>
          TestClient.connect(harness.transport, { host: 'localhost', port: harness.port }),
        ),
      ),
    )
    expect(harness.server.connectionCount).toBe(3)
    expect(flood.filter(client => client.isClosed)).toHaveLength(9_998)
    expect(harness.warnings).toEqual(Array(10).fill('max.connections'))
    await expectToBeServed(good)
    await harness.until(Promise.all(flood.map(client => client.destroy())))
    expect(harness.server.connectionCount).toBe(1)
  })

  test('a client that never reads its answers costs bounded memory', async () => {
    const client = await start()
    client.pause()
    const frame = requestFrame(SaslAuthenticate, 2, { authBytes: randomBytes(100_000) })
    for (let i = 0; i < 500; i++) client.sendRaw(frame)
    await harness.settle()
    const untaken = client.pendingBytes
    expect(untaken).toBeGreaterThan(46_000_000)
    await harness.time.timers.advance(60_000)
    expect(client.pendingBytes).toBe(untaken)
    expect(harness.server.requestBytes).toBeLessThan(1_000_000)
  })

  test('when all together hold too much, nobody begins a request, but begun ones are finished and answered', async () => {
    const good = await start({ settings: { queuedMaxRequestBytes: 300_000 } })
    const half = await harness.connect()
    const frame = requestFrame(SaslAuthenticate, 2, { authBytes: Buffer.alloc(200_000) })
    half.sendRaw(frame.subarray(0, 100_000))
    await harness.settle()
    const holding = await harness.connect()
    holding.sendRaw(requestFrame(Heartbeat, 3, { memberId: 'a', groupId: 'x'.repeat(30_000) }))
    for (let i = 0; i < 10; i++) {
      const other = await harness.connect()
      other.sendRaw(requestFrame(Heartbeat, 3, { memberId: `${i}`, groupId: 'x'.repeat(30_000) }))
    }
    await harness.settle()
    expect(held.started.length).toBeLessThan(11)
    const waiting = good.send(SaslAuthenticate, 2, {})
    half.sendRaw(frame.subarray(100_000))
    await harness.settle()
    expect(half.receivedFrames).toBe(1)
    expect(good.receivedFrames).toBe(0)
    while (held.started.length > 0) {
      for (const name of held.started.splice(0)) held.answer(name)
      await harness.settle()
    }
    await waiting
    expect(harness.warnings).toEqual([])
  })

  test('unfinished requests that keep everybody else out are given up after five seconds', async () => {
    const good = await start({ settings: { queuedMaxRequestBytes: 300_000 } })
    const slow = []
    for (const bytes of [90_000, 150_000, 70_000]) {
      const client = await harness.connect()
      client.sendRaw(int32(500_000), Buffer.alloc(bytes))
      slow.push(client)
    }
    const waiting = good.send(SaslAuthenticate, 2, {})
    await harness.time.timers.advance(4_999)
    expect(slow.map(client => client.isClosed)).toEqual([false, false, false])
    await harness.time.timers.advance(1)
    expect(slow.map(client => client.isClosed)).toEqual([false, true, false])
    await waiting
    expect(harness.warnings).toEqual(['request memory exhausted'])
  })
})
