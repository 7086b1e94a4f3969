import net from 'node:net'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { RequestHeader } from '../../protocol/messages/headers'
import { type Api, requestHeaderVersion, responseHeaderVersion } from '../../protocol/schema/api'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'

const CORRELATION_ID_OFFSET = 8
const CORRELATION_ID_BYTES = 4

/** A request that is built once and sent many times: only its correlation id changes. */
export interface PreparedRequest {
  readonly frame: Buffer
}

export const prepare = <A extends Api>(api: A, version: number, body: InputOf<A['request']>): PreparedRequest => {
  const writer = new Writer()
  writer.startFrame()
  writerOf(RequestHeader, requestHeaderVersion(api, version))(writer, {
    requestApiKey: api.key,
    requestApiVersion: version,
    correlationId: 0,
    clientId: 'odradek-bench',
  })
  writerOf(api.request, version)(writer, body)
  writer.endFrame()
  return { frame: Buffer.concat(writer.finish()) }
}

/** Decodes the frame of an answer. */
export const answerIn = <A extends Api>(api: A, version: number, frame: Buffer): MessageOf<A['response']> => {
  const reader = new Reader(frame, CORRELATION_ID_BYTES)
  if (responseHeaderVersion(api, version) > 0) reader.skipTaggedFields()
  return readerOf(api.response, version)(reader) as MessageOf<A['response']>
}

/** A connection that does as little as possible per request, so that the broker and not the client is measured. */
export class LoadConnection {
  readonly #socket: net.Socket
  readonly #splitter = new FrameSplitter(0x7fff_ffff)
  readonly #receivers: ((frame: Buffer) => void)[] = []
  #head = 0
  #correlationId = 0
  #failure: ((error: Error) => void) | null = null

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', chunk => {
      this.#splitter.push(chunk)
      for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) this.#receive(frame)
    })
    socket.on('error', error => this.#failure?.(error))
    socket.on('close', () => this.#failure?.(new Error('the broker closed the connection')))
  }

  static open(host: string, port: number): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host, port })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new LoadConnection(socket))
      })
    })
  }

  /**
   * Connections that have been accepted: Node accepts one in each turn of its event loop, and turns are long while the first clients work
   * already. Clients say hello before anything else, too.
   */
  static async openAll(host: string, port: number, count: number): Promise<LoadConnection[]> {
    const connections = await Promise.all(Array.from({ length: count }, () => LoadConnection.open(host, port)))
    await Promise.all(connections.map(connection => connection.request(ApiVersions, 0, {})))
    return connections
  }

  /** Called when the connection breaks, or has broken already; `close` ends that. */
  onFailure(callback: (error: Error) => void): void {
    this.#failure = callback
    if (this.#socket.destroyed) callback(new Error('the broker has closed the connection'))
  }

  /** Sends a prepared request; `answered` gets the frame of the answer, correlation id included. */
  send({ frame }: PreparedRequest, answered: (frame: Buffer) => void): void {
    // The frame of the last sending may still be in the queue of the socket.
    const copy = this.#socket.writableLength > 0 ? Buffer.from(frame) : frame
    copy.writeInt32BE(this.#correlationId++ & 0x7fff_ffff, CORRELATION_ID_OFFSET)
    this.#receivers.push(answered)
    this.#socket.write(copy)
  }

  /** Sends a request and decodes the answer. */
  request<A extends Api>(api: A, version: number, body: InputOf<A['request']>): Promise<MessageOf<A['response']>> {
    return new Promise((resolve, reject) => {
      this.onFailure(reject)
      this.send(prepare(api, version, body), frame => {
        resolve(answerIn(api, version, frame))
      })
    })
  }

  /** The highest version of an API that the broker serves, at most `wanted`. */
  async versionOf(api: Api, wanted: number): Promise<number> {
    const { apiKeys } = await this.request(ApiVersions, 0, {})
    const served = apiKeys.find(({ apiKey }) => apiKey === api.key)
    if (!served) throw new Error(`the broker does not serve ${api.name}`)
    return Math.min(served.maxVersion, wanted)
  }

  close(): void {
    this.#failure = null
    this.#socket.destroy()
  }

  #receive(frame: Buffer): void {
    const receiver = this.#receivers[this.#head]!
    this.#head++
    if (this.#head === 1024) {
      this.#receivers.splice(0, this.#head)
      this.#head = 0
    }
    receiver(frame)
  }
}
