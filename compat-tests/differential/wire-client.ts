import { encodeRequest, readResponseHeader } from '../../protocol/frames'
import type { Api } from '../../protocol/schema/api'
import { readerOf } from '../../protocol/schema/codec'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { Reader } from '../../protocol/wire/reader'
import { NodeTransport } from '../../src/io/node/node-transport'
import type { Stream } from '../../src/io/transport'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Of `host:port`. */
export const addressOf = (bootstrap: string): Address => {
  const colon = bootstrap.lastIndexOf(':')
  return { host: bootstrap.slice(0, colon), port: Number(bootstrap.slice(colon + 1)) }
}

/** The broker has closed the connection instead of answering. */
export class ConnectionClosed extends Error {}

interface Waiting {
  resolve(frame: Buffer): void
  reject(error: Error): void
}

const FRAME_BYTES_MAX = 0x7fff_ffff
const CONNECT_TIMEOUT_MS = 10_000
const ANSWER_TIMEOUT_MS = 20_000
const CLIENT_ID = 'compat'

/** One connection that speaks the protocol and adds nothing: no retries, no negotiation, any version. */
export class WireClient {
  readonly #stream: Stream
  readonly #splitter = new FrameSplitter(FRAME_BYTES_MAX)
  readonly #waiting: Waiting[] = []
  #correlationId = 0
  #isClosed = false

  private constructor(stream: Stream) {
    this.#stream = stream
    stream.on({
      data: chunk => this.#receive(chunk),
      drain() {},
      end: () => stream.end(),
      close: () => {
        this.#isClosed = true
        for (const { reject } of this.#waiting.splice(0)) reject(new ConnectionClosed('the connection was closed'))
      },
    })
  }

  static async connect(address: Address): Promise<WireClient> {
    return new WireClient(await new NodeTransport().connect({ ...address, timeoutMs: CONNECT_TIMEOUT_MS }))
  }

  /** Throws ConnectionClosed when the broker closes instead of answering. */
  async send<A extends Api>(
    api: A,
    version: number,
    request: InputOf<A['request']>,
  ): Promise<MessageOf<A['response']>> {
    const correlationId = ++this.#correlationId
    const frame = await this.sendRaw(encodeRequest(api, version, { correlationId, clientId: CLIENT_ID }, request))
    const reader = new Reader(frame)
    const answered = readResponseHeader(reader, api, version)
    if (answered !== correlationId) throw new Error(`the answer to ${correlationId} has correlation id ${answered}`)
    const response = readerOf(api.response, version)(reader)
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes behind the answer of ${api.name} ${version}`)
    return response as MessageOf<A['response']>
  }

  /** Sends a request for which there is no answer: Produce with acks=0. */
  sendUnanswered<A extends Api>(api: A, version: number, request: InputOf<A['request']>): void {
    const correlationId = ++this.#correlationId
    this.#stream.write(encodeRequest(api, version, { correlationId, clientId: CLIENT_ID }, request))
  }

  /** Sends bytes as they are and returns the next frame without its length. */
  sendRaw(bytes: readonly Buffer[]): Promise<Buffer> {
    if (this.#isClosed) return Promise.reject(new ConnectionClosed('the connection was closed'))
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`)), ANSWER_TIMEOUT_MS)
      const settled = () => clearTimeout(timeout)
      this.#waiting.push({
        resolve: frame => {
          settled()
          resolve(frame)
        },
        reject: error => {
          settled()
          reject(error)
        },
      })
      this.#stream.write(bytes)
    })
  }

  close(): void {
    this.#stream.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#splitter.push(chunk)
    for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) this.#waiting.shift()?.resolve(frame)
  }
}
