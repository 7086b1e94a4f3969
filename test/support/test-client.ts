import { encodeRequest, readResponseHeader } from '../../protocol/frames'
import type { Api } from '../../protocol/schema/api'
import { readerOf } from '../../protocol/schema/codec'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { Reader } from '../../protocol/wire/reader'
import type { Stream, Transport } from '../../src/io/transport'

const FRAME_BYTES_MAX = 0x7fff_ffff
const CLIENT_ID = 'test'
const CONNECT_TIMEOUT_MS = 10_000

interface Waiting {
  resolve(frame: Buffer): void
  reject(error: Error): void
}

/** The bytes of a request as they go over the wire, with their length in front. */
export const requestFrame = <A extends Api>(
  api: A,
  version: number,
  request: InputOf<A['request']>,
  correlationId = 0,
): Buffer => Buffer.concat(encodeRequest(api, version, { correlationId, clientId: CLIENT_ID }, request))

/** A client that speaks the protocol and nothing more: one connection, requests pipelined as they are sent, answers in their order. */
export class TestClient {
  /** Resolves when the connection is closed, whoever closed it. */
  readonly closed: Promise<void>
  readonly #stream: Stream
  readonly #splitter = new FrameSplitter(FRAME_BYTES_MAX)
  readonly #frames: Buffer[] = []
  readonly #waiting: Waiting[] = []
  #nextCorrelationId = 1
  #isClosed = false

  /** `stream` is new: nobody has received from it. */
  constructor(stream: Stream) {
    this.#stream = stream
    this.closed = new Promise(resolve => {
      stream.on({
        data: chunk => this.#receive(chunk),
        drain() {},
        end: () => stream.end(),
        close: () => {
          this.#isClosed = true
          for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection was closed'))
          resolve()
        },
      })
    })
  }

  static async connect(
    transport: Transport,
    address: { readonly host: string; readonly port: number },
  ): Promise<TestClient> {
    return new TestClient(await transport.connect({ ...address, timeoutMs: CONNECT_TIMEOUT_MS }))
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Frames received that nobody has asked for. */
  get receivedFrames(): number {
    return this.#frames.length
  }

  /** Sends a request and returns the decoded answer; rejects when the connection is closed without one. */
  async send<A extends Api>(
    api: A,
    version: number,
    request: InputOf<A['request']>,
  ): Promise<MessageOf<A['response']>> {
    const correlationId = this.#nextCorrelationId++
    this.sendRaw(requestFrame(api, version, request, correlationId))
    const reader = new Reader(await this.nextFrame())
    const answered = readResponseHeader(reader, api, version)
    if (answered !== correlationId) throw new Error(`the answer to ${correlationId} has correlation id ${answered}`)
    const response = readerOf(api.response, version)(reader)
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes behind the answer of ${api.name} ${version}`)
    return response as MessageOf<A['response']>
  }

  /** Sends a request that gets no answer: Produce with acks=0. */
  sendUnanswered<A extends Api>(api: A, version: number, request: InputOf<A['request']>): void {
    this.sendRaw(requestFrame(api, version, request, this.#nextCorrelationId++))
  }

  /** Sends a frame with these contents. */
  sendFrame(contents: Buffer): void {
    const length = Buffer.alloc(4)
    length.writeInt32BE(contents.length)
    this.sendRaw(length, contents)
  }

  /** Sends bytes as they are. False when the caller should wait for the broker to take them. */
  sendRaw(...bytes: Buffer[]): boolean {
    return this.#stream.write(bytes)
  }

  /** Bytes that the system has not taken from us: the broker does not read. */
  get pendingBytes(): number {
    return this.#stream.pendingBytes
  }

  /** The next answer without its length; for those who sent raw bytes. */
  nextFrame(): Promise<Buffer> {
    const frame = this.#frames.shift()
    if (frame) return Promise.resolve(frame)
    if (this.#isClosed) return Promise.reject(new Error('the connection was closed'))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** Reads nothing until `resume`. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** Sends no more. */
  end(): void {
    this.#stream.end()
  }

  /** Breaks the connection off. */
  async destroy(): Promise<void> {
    this.#stream.destroy()
    await this.closed
  }

  #receive(chunk: Buffer): void {
    this.#splitter.push(Buffer.from(chunk))
    for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) {
      const waiting = this.#waiting.shift()
      if (waiting) waiting.resolve(frame)
      else this.#frames.push(frame)
    }
  }
}
