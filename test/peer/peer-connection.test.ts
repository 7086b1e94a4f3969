import { ErrorCode } from '../../protocol/errors'
import { Metadata } from '../../protocol/messages/03-metadata'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { RequestHeader, ResponseHeader } from '../../protocol/messages/headers'
import { type Api, requestHeaderVersion, responseHeaderVersion } from '../../protocol/schema/api'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import type { InputOf } from '../../protocol/schema/message'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'
import { MemoryTransport } from '../../src/io/memory/memory-transport'
import type { Stream } from '../../src/io/transport'
import { PeerConnection } from '../../src/peer/peer-connection'
import { virtualTime } from '../support/virtual-time'

const { timers } = virtualTime()
const PORT = 9092
const ADDRESS = { host: 'broker', port: PORT }

interface Received {
  readonly apiKey: number
  readonly version: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** The other side: keeps what it is sent, and answers when and what the test says. */
class ScriptedBroker {
  readonly transport = new MemoryTransport(timers)
  readonly received: Received[] = []
  isClosed = false
  stream!: Stream

  static async start(): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker()
    await broker.transport.listen({ host: 'broker', port: PORT }, stream => broker.#accept(stream))
    return broker
  }

  answer<A extends Api>(api: A, version: number, correlationId: number, response: InputOf<A['response']>): void {
    const writer = new Writer()
    writer.startFrame()
    writerOf(ResponseHeader, responseHeaderVersion(api, version))(writer, { correlationId })
    writerOf(api.response, version)(writer, response)
    writer.endFrame()
    this.stream.write(writer.finish())
  }

  /** Answers what was asked first: what this broker speaks. */
  greet(apiKeys: InputOf<typeof ApiVersions.response>['apiKeys'], errorCode: number = ErrorCode.NONE): void {
    this.answer(ApiVersions, 0, this.received[0]!.correlationId, { errorCode, apiKeys })
  }

  #accept(stream: Stream): void {
    const splitter = new FrameSplitter(1 << 20)
    this.stream = stream
    stream.on({
      data: chunk => {
        splitter.push(Buffer.from(chunk))
        for (let frame = splitter.next(); frame; frame = splitter.next()) this.#receive(frame)
      },
      drain() {},
      end: () => stream.end(),
      close: () => {
        this.isClosed = true
      },
    })
  }

  #receive(frame: Buffer): void {
    const [apiKey, version] = [frame.readInt16BE(0), frame.readInt16BE(2)]
    const api = [Metadata, Heartbeat, ApiVersions].find(({ key }) => key === apiKey)!
    const header = readerOf(RequestHeader, requestHeaderVersion(api, version))(new Reader(frame))
    this.received.push({ apiKey, version, correlationId: header.correlationId, clientId: header.clientId })
  }
}

let broker: ScriptedBroker

beforeEach(async () => {
  broker = await ScriptedBroker.start()
})

/** Notes the outcome as soon as there is one. */
const outcomeOf = <T>(promise: Promise<T>) => {
  const outcome: { value: T | null; error: Error | null } = { value: null, error: null }
  promise.then(
    value => {
      outcome.value = value
    },
    error => {
      outcome.error = error
    },
  )
  return outcome
}

const open = async (apiKeys: InputOf<typeof ApiVersions.response>['apiKeys']): Promise<PeerConnection> => {
  const opening = PeerConnection.open(broker.transport, ADDRESS, 'tester')
  await timers.settle()
  broker.greet(apiKeys)
  await timers.settle()
  return opening
}

const METADATA = { apiKey: Metadata.key, minVersion: 0, maxVersion: 9 }
const HEARTBEAT = { apiKey: Heartbeat.key, minVersion: 2, maxVersion: 99 }

describe('opening a connection', () => {
  test('begins with the question what the broker speaks, in a version that all brokers know', async () => {
    await open([METADATA])
    expect(broker.received).toEqual([{ apiKey: ApiVersions.key, version: 0, correlationId: 0, clientId: 'tester' }])
  })

  test('rejects when nobody is there', async () => {
    const outcome = outcomeOf(PeerConnection.open(broker.transport, { host: 'broker', port: 1 }, 'tester'))
    await timers.settle()
    expect(outcome.error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('rejects when the broker refuses, and leaves nothing open', async () => {
    const outcome = outcomeOf(PeerConnection.open(broker.transport, ADDRESS, 'tester'))
    await timers.settle()
    broker.greet([], ErrorCode.ILLEGAL_SASL_STATE)
    await timers.settle()
    expect(outcome.error?.message).toBe('ApiVersions failed: ILLEGAL_SASL_STATE')
    expect(broker.isClosed).toBe(true)
  })

  test('rejects when the broker hangs up', async () => {
    const outcome = outcomeOf(PeerConnection.open(broker.transport, ADDRESS, 'tester'))
    await timers.settle()
    broker.stream.end()
    await timers.settle()
    expect(outcome.error?.message).toBe('broker:9092 closed the connection')
  })

  test('rejects when the other side speaks something else', async () => {
    const outcome = outcomeOf(PeerConnection.open(broker.transport, ADDRESS, 'tester'))
    await timers.settle()
    broker.stream.write([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')])
    await timers.settle()
    broker.stream.write([Buffer.from([0, 0, 0, 1, 9])])
    await timers.settle()
    broker.stream.end()
    await timers.settle()
    expect(outcome.error).not.toBeNull()
    expect(broker.isClosed).toBe(true)
  })
})

describe('a request', () => {
  test('is sent in the newest version that both sides speak, or in an older one when it must', async () => {
    const connection = await open([METADATA, HEARTBEAT])
    void connection.request(Metadata, { topics: [] })
    void connection.request(Metadata, { topics: [] }, 4)
    void connection.request(Heartbeat, {})
    await timers.settle()
    expect(broker.received.slice(1).map(({ apiKey, version }) => [apiKey, version])).toEqual([
      [Metadata.key, 9],
      [Metadata.key, 4],
      [Heartbeat.key, 4],
    ])
  })

  test('rejects when there is no version that both sides speak', async () => {
    const connection = await open([HEARTBEAT])
    const message = (api: string) => `the broker does not speak a version of ${api} that is known here`
    await expect(connection.request(Metadata, {})).rejects.toThrow(message('Metadata'))
    await expect(connection.request(Heartbeat, {}, 1)).rejects.toThrow(message('Heartbeat'))
    expect(broker.received).toHaveLength(1)
  })

  test('does not wait for the answer to the one before; each gets its own', async () => {
    const connection = await open([METADATA, HEARTBEAT])
    const outcomes = [
      outcomeOf(connection.request(Heartbeat, { groupId: 'a' })),
      outcomeOf(connection.request(Metadata, { topics: [] })),
    ]
    await timers.settle()
    expect(broker.received.slice(1).map(({ correlationId }) => correlationId)).toEqual([1, 2])
    broker.answer(Heartbeat, 4, 1, { errorCode: ErrorCode.ILLEGAL_GENERATION })
    await timers.settle()
    expect(outcomes.map(({ value }) => value)).toMatchObject([{ errorCode: ErrorCode.ILLEGAL_GENERATION }, null])
    broker.answer(Metadata, 9, 2, { controllerId: 7 })
    await timers.settle()
    expect(outcomes[1]!.value).toMatchObject({ controllerId: 7 })
  })

  test('is answered however the bytes are cut', async () => {
    const connection = await open([METADATA])
    const outcome = outcomeOf(connection.request(Metadata, { topics: [] }))
    await timers.settle()
    const write = broker.stream.write.bind(broker.stream)
    jest.spyOn(broker.stream, 'write').mockImplementation(buffers => {
      for (const byte of Buffer.concat(buffers)) write([Buffer.from([byte])])
      return true
    })
    broker.answer(Metadata, 9, 1, { clusterId: 'c', controllerId: 3 })
    await timers.settle()
    expect(outcome.value).toMatchObject({ clusterId: 'c', controllerId: 3 })
  })
})

describe('a connection that breaks rejects all that waits and all that follows', () => {
  const brokenBy = async (breakIt: (connection: PeerConnection) => void): Promise<string[]> => {
    const connection = await open([METADATA])
    const waiting = [outcomeOf(connection.request(Metadata, {})), outcomeOf(connection.request(Metadata, {}))]
    await timers.settle()
    breakIt(connection)
    await timers.settle()
    const later = outcomeOf(connection.request(Metadata, {}))
    await timers.settle()
    expect(broker.isClosed).toBe(true)
    return [...waiting, later].map(({ error }) => error?.message ?? 'nothing')
  }

  test('because the broker hangs up', async () => {
    const message = 'broker:9092 closed the connection'
    expect(await brokenBy(() => broker.stream.destroy())).toEqual([message, message, message])
  })

  test('because it was closed here', async () => {
    const message = 'broker:9092 closed the connection'
    expect(await brokenBy(connection => connection.close())).toEqual([message, message, message])
  })

  test('because of an answer that was not asked for', async () => {
    const message = 'an answer to 77 that was not asked for'
    expect(await brokenBy(() => broker.answer(Metadata, 9, 77, {}))).toEqual([message, message, message])
  })

  test('because of an answer that makes no sense', async () => {
    const messages = await brokenBy(() => broker.stream.write([Buffer.from([0, 0, 0, 5, 0, 0, 0, 1, 0])]))
    expect(new Set(messages).size).toBe(1)
    expect(messages[0]).not.toBe('nothing')
  })
})
