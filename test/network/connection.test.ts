import { ErrorCode } from '../../protocol/errors'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { SaslAuthenticate } from '../../protocol/messages/36-sasl-authenticate'
import { handler } from '../../src/handlers/handler'
import { RequestFailure } from '../../src/handlers/request-failure'
import type { NetworkObserver } from '../../src/network/network-observer'
import { echo, HeldRequests, NetworkHarness, type NetworkHarnessOptions } from '../support/network-harness'
import { RecordedStream } from '../support/recorded-stream'
import { requestFrame, type TestClient } from '../support/test-client'

let harness: NetworkHarness
let held: HeldRequests

afterEach(() => harness.close())

const start = async (
  options: NetworkHarnessOptions = {},
  heldOptions: ConstructorParameters<typeof HeldRequests>[0] = {},
) => {
  held = new HeldRequests(heldOptions)
  harness = await NetworkHarness.start({ handlers: [held.handler, echo()], ...options })
  return harness.connect()
}

const answered: string[] = []
beforeEach(() => {
  answered.length = 0
})

/** Sends a request that stays in work; its name is listed in `answered` when its answer has come. */
const hold = (client: TestClient, memberId: string) => {
  const answer = client.send(Heartbeat, 4, { memberId })
  answer.then(
    ({ errorCode }) => answered.push(errorCode === 0 ? memberId : `${memberId} error ${errorCode}`),
    () => answered.push(`${memberId} closed`),
  )
}

const say = (client: TestClient, text: string) => {
  client.send(SaslAuthenticate, 2, { authBytes: Buffer.from(text) }).then(
    ({ authBytes }) => answered.push(authBytes.toString()),
    () => answered.push(`${text} closed`),
  )
}

describe('order', () => {
  test('requests are started without waiting for each other, and answered in their order', async () => {
    const client = await start()
    for (const name of ['a', 'b', 'c']) hold(client, name)
    await harness.settle()
    expect(held.started).toEqual(['a', 'b', 'c'])
    held.answer('c')
    held.answer('b')
    await harness.settle()
    expect(answered).toEqual([])
    held.answer('a')
    await harness.settle()
    expect(answered).toEqual(['a', 'b', 'c'])
  })

  test('an answer that is there at once waits for those in front of it', async () => {
    const client = await start()
    hold(client, 'slow')
    say(client, 'quick')
    await harness.settle()
    expect(answered).toEqual([])
    held.answer('slow')
    await harness.settle()
    expect(answered).toEqual(['slow', 'quick'])
  })

  test('a request without an answer does not hold up the next', async () => {
    const client = await start()
    client.sendUnanswered(Heartbeat, 4, { memberId: 'acks=0' })
    say(client, 'next')
    await harness.settle()
    held.answer('acks=0', null)
    await harness.settle()
    expect(answered).toEqual(['next'])
  })

  test('one connection does not wait for another', async () => {
    const client = await start()
    const other = await harness.connect()
    hold(client, 'slow')
    say(other, 'other')
    await harness.settle()
    expect(answered).toEqual(['other'])
  })

  test('nothing behind a barrier is started before its answer exists', async () => {
    const client = await start({}, { barrier: true })
    say(client, 'before')
    hold(client, 'barrier')
    hold(client, 'behind')
    await harness.settle()
    expect(held.started).toEqual(['barrier'])
    expect(answered).toEqual(['before'])
    held.answer('barrier')
    await harness.settle()
    expect(held.started).toEqual(['barrier', 'behind'])
  })

  test('the answer of a request in front of a barrier does not lift it', async () => {
    let lift = () => {}
    const barrier = handler(SaslAuthenticate, { versions: [0, 2], barrier: true }, () => {
      return new Promise(resolve => {
        lift = () => resolve({})
      })
    })
    const requests = new HeldRequests()
    harness = await NetworkHarness.start({ handlers: [requests.handler, barrier] })
    const client = await harness.connect()
    hold(client, 'before')
    say(client, 'barrier')
    hold(client, 'behind')
    await harness.settle()
    requests.answer('before')
    await harness.settle()
    expect(requests.started).toEqual(['before'])
    lift()
    await harness.settle()
    expect(requests.started).toEqual(['before', 'behind'])
  })

  test('a barrier that is answered at once lets the others pass in the same turn', async () => {
    harness = await NetworkHarness.start({ handlers: [echo({ barrier: true })] })
    const client = await harness.connect()
    for (const text of ['a', 'b', 'c']) say(client, text)
    await harness.settle()
    expect(answered).toEqual(['a', 'b', 'c'])
  })
})

describe('writing', () => {
  const connectRecorded = async () => {
    const address = { host: 'localhost', port: harness.port, timeoutMs: 1_000 }
    return new RecordedStream(await harness.until(harness.transport.connect(address)))
  }
  const frames = (count: number) =>
    Array.from({ length: count }, (_, i) => requestFrame(SaslAuthenticate, 2, { authBytes: Buffer.from(`${i}`) }))

  test('answers that are ready in one turn leave in one write', async () => {
    await start()
    const { stream, chunks } = await connectRecorded()
    stream.write(frames(100))
    await harness.settle()
    expect(chunks).toHaveLength(1)
    stream.destroy()
  })

  test('also when the requests come in several reads of that turn', async () => {
    await start()
    const written: (readonly Buffer[])[] = []
    let receive: (chunk: Buffer) => void = () => {}
    harness.accept({
      on: events => {
        receive = events.data
      },
      write: buffers => written.push(buffers) > 0,
      end() {},
      ...{ pause() {}, resume() {}, destroy() {}, pendingBytes: 0 },
      ...{ remoteAddress: '10.0.0.1', remotePort: 50_000, localAddress: '10.0.0.2', localPort: 9092 },
    })
    for (const frame of frames(10)) {
      receive(frame)
      await null
    }
    expect(written).toEqual([])
    await harness.settle()
    expect(written).toHaveLength(1)
    // Ten small answers are one buffer, so that the system has little to gather.
    expect(written[0]).toHaveLength(1)
  })

  test('answers that become ready together leave in one write', async () => {
    await start()
    const { stream, chunks } = await connectRecorded()
    stream.write(['a', 'b', 'c'].map(memberId => requestFrame(Heartbeat, 4, { memberId })))
    await harness.settle()
    for (const name of ['b', 'c', 'a']) held.answer(name)
    await harness.settle()
    expect(chunks).toHaveLength(1)
    stream.destroy()
  })

  test('a client that does not take its answers has no more requests started until it does', async () => {
    const client = await start({ settings: { socketRequestMaxBytes: 1024 * 1024 } })
    client.pause()
    const text = 'x'.repeat(400_000)
    for (let i = 0; i < 20; i++) say(client, text)
    say(client, 'last')
    await harness.settle()
    expect(client.pendingBytes).toBeGreaterThan(4_000_000)
    client.resume()
    await harness.settle()
    expect(answered).toHaveLength(21)
    expect(answered.at(-1)).toBe('last')
  })
})

describe('when an answer has left', () => {
  test('its handler is told, and not before', async () => {
    const client = await start()
    const sent: string[] = []
    hold(client, 'a')
    hold(client, 'b')
    await harness.settle()
    for (const name of ['a', 'b']) held.contexts.get(name)!.onSent(() => sent.push(name))
    held.answer('b')
    await harness.settle()
    expect(sent).toEqual([])
    held.answer('a')
    await harness.settle()
    expect(sent).toEqual(['a', 'b'])
  })

  test('nobody is told of one that cannot leave', async () => {
    const client = await start()
    const sent: string[] = []
    hold(client, 'a')
    await harness.settle()
    held.contexts.get('a')!.onSent(() => sent.push('a'))
    await harness.until(client.destroy())
    await harness.settle()
    held.answer('a')
    await harness.settle()
    expect(sent).toEqual([])
  })
})

describe('limits', () => {
  test('only so many requests of a connection are in work, the others wait in the socket', async () => {
    const client = await start({ settings: { queuedMaxRequests: 2 } })
    const names = Array.from({ length: 10 }, (_, i) => `${i}`)
    for (const name of names) hold(client, name)
    await harness.settle()
    expect(held.started).toEqual(['0', '1'])
    held.answer('1')
    await harness.settle()
    expect(held.started).toEqual(['0', '1'])
    held.answer('0')
    await harness.settle()
    expect(held.started).toEqual(['0', '1', '2', '3'])
    for (const name of names) {
      held.answer(name)
      await harness.settle()
    }
    expect(answered).toEqual(names)
  })

  test('a client that floods costs bounded memory, and is read again when its requests are answered', async () => {
    const client = await start({ settings: { queuedMaxRequestBytes: 400 * 1024 * 1024 } })
    for (let i = 0; i < 100; i++) hold(client, `${i}${'x'.repeat(30_000)}`)
    for (let i = 0; i < 60; i++) say(client, 'x'.repeat(1_000_000))
    await harness.settle()
    expect(harness.server.requestBytes).toBeLessThan(40 * 1024 * 1024)
    expect(client.pendingBytes).toBeGreaterThan(20 * 1024 * 1024)
    for (const name of held.started) held.answer(name)
    await harness.settle()
    expect(answered).toHaveLength(160)
    expect(harness.server.requestBytes).toBe(0)
  })

  test('a request that is larger than what a connection may hold is served when it is alone', async () => {
    const client = await start({ settings: { socketRequestMaxBytes: 100_000_000 } })
    const answer = client.send(SaslAuthenticate, 2, { authBytes: Buffer.alloc(50_000_000) })
    expect((await harness.until(answer)).authBytes).toHaveLength(50_000_000)
  })

  test('a throttled client gets its answer at once and is listened to again when its time is over', async () => {
    const client = await start()
    hold(client, 'greedy')
    await harness.settle()
    held.contexts.get('greedy')!.throttle(500)
    held.contexts.get('greedy')!.throttle(100)
    held.answer('greedy')
    say(client, 'next')
    await harness.time.timers.advance(499)
    expect(answered).toEqual(['greedy'])
    await harness.time.timers.advance(1)
    expect(answered).toEqual(['greedy', 'next'])
  })

  test('the end of a throttled client ends its throttling', async () => {
    const client = await start()
    hold(client, 'greedy')
    await harness.settle()
    held.contexts.get('greedy')!.throttle(1_000_000)
    held.answer('greedy')
    await harness.until(client.destroy())
    expect(harness.time.timers.pendingCount).toBe(0)
  })
})

describe('memory of requests', () => {
  const BYTES = 100_000
  /** What the handler was given, and its content at that time. */
  const given: { readonly bytes: Buffer; readonly content: Buffer }[] = []

  const begin = async (options: { readonly borrowsRequests?: boolean } = {}) => {
    given.length = 0
    // Nobody is answered, so all of them stay in work.
    const holding = handler(SaslAuthenticate, { versions: [0, 2], ...options }, ({ authBytes }) => {
      given.push({ bytes: authBytes, content: Buffer.from(authBytes) })
      return new Promise(() => {})
    })
    harness = await NetworkHarness.start({ handlers: [holding] })
    const client = await harness.connect()
    for (const content of [1, 2, 3]) {
      const frame = requestFrame(SaslAuthenticate, 2, { authBytes: Buffer.alloc(BYTES, content) })
      client.sendRaw(frame.subarray(0, 60_000))
      await harness.settle()
      client.sendRaw(frame.subarray(60_000))
      await harness.settle()
    }
  }

  const wholes = [1, 2, 3].map(content => Buffer.alloc(BYTES, content))

  test('is used again as soon as a handler that keeps nothing has returned', async () => {
    await begin({ borrowsRequests: true })
    expect(given.map(({ content }) => content)).toEqual(wholes)
    expect(new Set(given.map(({ bytes }) => bytes.buffer)).size).toBe(1)
  })

  test('is not used again where a handler may keep parts of a request', async () => {
    await begin()
    expect(given.map(({ bytes }) => bytes)).toEqual(wholes)
  })
})

describe('failures', () => {
  const errorResponse = (errorCode: number) => ({ errorCode })

  test('a request failure becomes the error response of the API', async () => {
    const client = await start({}, { errorResponse })
    hold(client, 'a')
    await harness.settle()
    held.fail('a', new RequestFailure(ErrorCode.NOT_COORDINATOR))
    await harness.settle()
    expect(answered).toEqual([`a error ${ErrorCode.NOT_COORDINATOR}`])
    expect(harness.logger.at('error')).toEqual([])
  })

  test('the message of a request failure reaches the client', async () => {
    const failing = handler(
      SaslAuthenticate,
      { versions: [0, 2], errorResponse: (errorCode, errorMessage) => ({ errorCode, errorMessage }) },
      () => {
        throw new RequestFailure(ErrorCode.SASL_AUTHENTICATION_FAILED, 'wrong password')
      },
    )
    harness = await NetworkHarness.start({ handlers: [failing] })
    const client = await harness.connect()
    expect(await harness.until(client.send(SaslAuthenticate, 2, {}))).toMatchObject({
      errorCode: ErrorCode.SASL_AUTHENTICATION_FAILED,
      errorMessage: 'wrong password',
    })
  })

  test('an unexpected exception is logged with its stack and answered with UNKNOWN_SERVER_ERROR', async () => {
    const client = await start({}, { errorResponse })
    hold(client, 'a')
    await harness.settle()
    const error = new TypeError('a bug')
    held.fail('a', error)
    say(client, 'next')
    await harness.settle()
    expect(answered).toEqual([`a error ${ErrorCode.UNKNOWN_SERVER_ERROR}`, 'next'])
    expect(harness.logger.at('error')).toMatchObject([{ fields: { api: 'Heartbeat', version: 4, error } }])
  })

  test('without an error response the connection is closed behind the answers in front', async () => {
    const client = await start()
    hold(client, 'a')
    hold(client, 'b')
    hold(client, 'c')
    await harness.settle()
    held.fail('b', new RequestFailure(ErrorCode.NOT_COORDINATOR))
    held.answer('c')
    await harness.settle()
    expect(client.isClosed).toBe(false)
    held.answer('a')
    await harness.settle()
    expect(answered).toEqual(['a', 'b closed', 'c closed'])
    expect(client.isClosed).toBe(true)
  })

  test('an answer that cannot be encoded is replaced by an error response and spoils no other', async () => {
    const client = await start({}, { errorResponse })
    say(client, 'before')
    hold(client, 'a')
    await harness.settle()
    say(client, 'behind')
    held.answer('a', { errorCode: 1_000_000 })
    await harness.settle()
    expect(answered).toEqual(['before', `a error ${ErrorCode.UNKNOWN_SERVER_ERROR}`, 'behind'])
    expect(harness.logger.at('error')).toHaveLength(1)
  })

  test('when the error response cannot be made or encoded either, the connection is closed', async () => {
    const client = await start({}, { errorResponse: () => ({ errorCode: 1_000_000 }) })
    hold(client, 'a')
    await harness.settle()
    held.fail('a', new Error('a bug'))
    await harness.settle()
    expect(answered).toEqual(['a closed'])

    const broken = new HeldRequests({
      errorResponse: () => {
        throw new Error('another bug')
      },
    })
    await harness.close()
    harness = await NetworkHarness.start({ handlers: [broken.handler] })
    hold(await harness.connect(), 'b')
    await harness.settle()
    broken.fail('b', new Error('a bug'))
    await harness.settle()
    expect(answered).toEqual(['a closed', 'b closed'])
  })
})

describe('ends', () => {
  test('a waiting request is interrupted when its client sends no more', async () => {
    const client = await start()
    hold(client, 'poll')
    await harness.settle()
    const interrupted = jest.fn(() => held.answer('poll'))
    held.contexts.get('poll')!.onInterrupt(interrupted)
    await harness.until(client.destroy())
    expect(interrupted).toHaveBeenCalledTimes(1)
    expect(harness.server.connectionCount).toBe(0)
    expect(harness.server.requestBytes).toBe(0)
  })

  test('a barrier is interrupted too, although nothing behind it could be started', async () => {
    const client = await start({}, { barrier: true })
    hold(client, 'barrier')
    await harness.settle()
    held.contexts.get('barrier')!.onInterrupt(() => held.answer('barrier'))
    await harness.until(client.destroy())
    expect(harness.server.connectionCount).toBe(0)
  })

  test('a connection that breaks is forgotten at once, and late answers are dropped', async () => {
    const client = await start()
    client.pause()
    say(client, 'unread')
    hold(client, 'poll')
    hold(client, 'other')
    await harness.settle()
    const context = held.contexts.get('poll')!
    const interrupted = jest.fn(() => expect(context.connection.closed).toBe(true))
    context.onInterrupt(interrupted)
    expect(harness.server.requestBytes).toBeGreaterThan(0)
    await harness.until(client.destroy())
    expect(interrupted).toHaveBeenCalledTimes(1)
    expect(harness.server.connectionCount).toBe(0)
    expect(harness.server.requestBytes).toBe(0)
    held.answer('poll')
    held.fail('other', new Error('too late to matter, but logged'))
    await harness.settle()
    expect(harness.logger.at('error')).toHaveLength(1)
  })

  test('a failing interruption does not keep others from being interrupted', async () => {
    const client = await start()
    hold(client, 'poll')
    await harness.settle()
    const context = held.contexts.get('poll')!
    const second = jest.fn(() => held.answer('poll'))
    context.onInterrupt(() => {
      throw new Error('a bug')
    })
    context.onInterrupt(second)
    await harness.until(client.destroy())
    expect(second).toHaveBeenCalledTimes(1)
    expect(harness.logger.at('error')).toHaveLength(1)
  })

  test('an interruption that comes too late or was taken back does nothing', async () => {
    const client = await start()
    hold(client, 'poll')
    await harness.settle()
    const takenBack = jest.fn()
    held.contexts.get('poll')!.onInterrupt(takenBack)()
    await harness.until(client.destroy())
    const late = jest.fn(() => held.answer('poll'))
    held.contexts.get('poll')!.onInterrupt(late)
    expect(late).not.toHaveBeenCalled()
    await harness.settle()
    expect(takenBack).not.toHaveBeenCalled()
    expect(late).toHaveBeenCalledTimes(1)
  })

  test('all requests that were sent before the end of the input are started', async () => {
    const client = await start({ settings: { queuedMaxRequests: 1 } })
    for (const name of ['a', 'b', 'c']) hold(client, name)
    client.end()
    for (const name of ['a', 'b', 'c']) {
      await harness.settle()
      held.answer(name)
    }
    await harness.settle()
    expect(held.started).toEqual(['a', 'b', 'c'])
    expect(harness.server.connectionCount).toBe(0)
  })
})

describe('what a handler is told', () => {
  test('of the connection and of the request', async () => {
    const client = await start()
    await harness.until(client.send(ApiVersions, 3, { clientSoftwareName: 'kit', clientSoftwareVersion: '1.2' }))
    await harness.time.timers.advance(77)
    hold(client, 'a')
    await harness.settle()
    const context = held.contexts.get('a')!
    expect(context).toMatchObject({
      principal: 'User:ANONYMOUS',
      clientId: 'test',
      apiVersion: 4,
      correlationId: 2,
      receivedAt: 77,
      listenerName: 'PLAINTEXT',
      clientAddress: '127.0.0.1',
    })
    expect(context.connection).toMatchObject({
      id: context.connectionId,
      securityProtocol: 'PLAINTEXT',
      clientSoftwareName: 'kit',
      clientSoftwareVersion: '1.2',
      closed: false,
    })
    expect(context.connectionId).toMatch(/^127\.0\.0\.1:\d+-127\.0\.0\.1:\d+-0$/)
  })

  test('a request keeps the principal that was in force when it was started', async () => {
    const client = await start()
    hold(client, 'a')
    await harness.settle()
    held.contexts.get('a')!.connection.principal = 'User:alice'
    hold(client, 'b')
    await harness.settle()
    expect([...held.contexts.values()].map(({ principal }) => principal)).toEqual(['User:ANONYMOUS', 'User:alice'])
  })
})

test('an observer learns of connections and of the phases of each request', async () => {
  const finished: object[] = []
  const events: string[] = []
  const observer: NetworkObserver = {
    connectionOpened: listener => events.push(`${listener} opened`),
    connectionClosed: listener => events.push(`${listener} closed`),
    connectionRefused: (listener, limit) => events.push(`${listener} refused by ${limit}`),
    requestRefused: reason => events.push(`request refused: ${reason}`),
    requestFinished: (request, sentAt) => {
      const { api, apiVersion, receivedAt, startedAt, handledAt, answeredAt, requestBytes, responseBytes } = request
      const sizes = { requestBytes, responseBytes }
      finished.push({ api: api.name, apiVersion, receivedAt, startedAt, handledAt, answeredAt, sentAt, ...sizes })
    },
  }
  const client = await start({ observer, settings: { maxConnections: 1 } })
  await harness.connect()
  await harness.time.timers.advance(1)
  hold(client, 'a')
  hold(client, 'b')
  await harness.time.timers.advance(10)
  held.answer('b')
  await harness.time.timers.advance(10)
  held.answer('a')
  await harness.settle()
  await harness.until(client.destroy())
  const common = { api: 'Heartbeat', apiVersion: 4, receivedAt: 1, startedAt: 1, handledAt: 1 }
  expect(finished).toEqual([
    { ...common, answeredAt: 21, sentAt: 21, requestBytes: 24, responseBytes: 16 },
    { ...common, answeredAt: 11, sentAt: 21, requestBytes: 24, responseBytes: 16 },
  ])
  expect(events).toEqual(['PLAINTEXT opened', 'PLAINTEXT refused by max.connections', 'PLAINTEXT closed'])
})

test('an observer learns of requests without an answer in the turn in which they are done, and nothing keeps them', async () => {
  const finished: number[] = []
  const ignored = () => {}
  const observer: NetworkObserver = {
    connectionOpened: ignored,
    connectionClosed: ignored,
    connectionRefused: ignored,
    requestRefused: ignored,
    requestFinished: ({ responseBytes }) => finished.push(responseBytes),
  }
  const client = await start({ observer })
  for (const name of ['a', 'b']) hold(client, name)
  await harness.settle()
  for (const name of ['a', 'b']) held.answer(name, null)
  await harness.settle()
  expect(finished).toEqual([0, 0])
})
