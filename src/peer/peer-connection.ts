import { ErrorCode, errorName } from '../../protocol/errors'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { RequestHeader } from '../../protocol/messages/headers'
import { type Api, requestHeaderVersion, responseHeaderVersion } from '../../protocol/schema/api'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'
import type { Stream, Transport } from '../io/transport'

export interface PeerAddress {
  readonly host: string
  readonly port: number
}

interface Pending {
  readonly correlationId: number
  readonly read: (reader: Reader) => void
  readonly reject: (error: Error) => void
}

const RESPONSE_BYTES_MAX = 0x7fff_ffff
const CONNECT_TIMEOUT_MS = 10_000
/** A version of ApiVersions that every broker speaks. */
const FIRST_CONTACT_VERSION = 0

/**
 * A connection to a broker: requests are pipelined in the newest version that both sides speak, answers come in order. When the connection
 * breaks, everything that waits is rejected, and so is every later request.
 */
export class PeerConnection {
  readonly address: PeerAddress
  readonly #stream: Stream
  readonly #clientId: string
  readonly #splitter = new FrameSplitter(RESPONSE_BYTES_MAX)
  readonly #pending: Pending[] = []
  readonly #versions = new Map<number, readonly [number, number]>()
  #nextCorrelationId = 0
  #broken: Error | null = null

  private constructor(stream: Stream, address: PeerAddress, clientId: string) {
    this.#stream = stream
    this.address = address
    this.#clientId = clientId
    stream.on({
      data: chunk => this.#receive(chunk),
      drain() {},
      end: () => stream.end(),
      close: error => this.#break(error ?? new Error(`${address.host}:${address.port} closed the connection`)),
    })
  }

  /** Connects and asks what the broker speaks. Rejects when it cannot be reached. */
  static async open(transport: Transport, address: PeerAddress, clientId: string): Promise<PeerConnection> {
    const stream = await transport.connect({ ...address, timeoutMs: CONNECT_TIMEOUT_MS })
    const connection = new PeerConnection(stream, address, clientId)
    const { errorCode, apiKeys } = await connection.#exchange(ApiVersions, FIRST_CONTACT_VERSION, {})
    if (errorCode !== ErrorCode.NONE) {
      stream.destroy()
      throw new Error(`ApiVersions failed: ${errorName(errorCode)}`)
    }
    for (const { apiKey, minVersion, maxVersion } of apiKeys) connection.#versions.set(apiKey, [minVersion, maxVersion])
    return connection
  }

  /** Sends a request in the newest common version, or in `atMost` when that is lower; rejects when there is none. */
  request<A extends Api>(api: A, body: InputOf<A['request']>, atMost = 0x7fff): Promise<MessageOf<A['response']>> {
    const theirs = this.#versions.get(api.key) ?? [0, -1]
    const version = Math.min(theirs[1], api.versions[1], atMost)
    if (version < Math.max(theirs[0], api.versions[0])) {
      return Promise.reject(new Error(`the broker does not speak a version of ${api.name} that is known here`))
    }
    return this.#exchange(api, version, body)
  }

  close(): void {
    this.#stream.end()
  }

  #exchange<A extends Api>(api: A, version: number, body: InputOf<A['request']>): Promise<MessageOf<A['response']>> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      const correlationId = this.#nextCorrelationId++
      const writer = new Writer()
      writer.startFrame()
      writerOf(RequestHeader, requestHeaderVersion(api, version))(writer, {
        requestApiKey: api.key,
        requestApiVersion: version,
        correlationId,
        clientId: this.#clientId,
      })
      writerOf(api.request, version)(writer, body)
      writer.endFrame()
      const read = (reader: Reader) => {
        if (responseHeaderVersion(api, version) > 0) reader.skipTaggedFields()
        resolve(readerOf(api.response, version)(reader) as MessageOf<A['response']>)
      }
      this.#pending.push({ correlationId, read, reject })
      this.#stream.write(writer.finish())
    })
  }

  #receive(chunk: Buffer): void {
    try {
      this.#splitter.push(Buffer.from(chunk))
      for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) this.#answer(new Reader(frame))
    } catch (error) {
      this.#break(error as Error)
      this.#stream.destroy()
    }
  }

  #answer(reader: Reader): void {
    const correlationId = reader.int32()
    const pending = this.#pending[0]
    if (pending?.correlationId !== correlationId)
      throw new Error(`an answer to ${correlationId} that was not asked for`)
    pending.read(reader)
    this.#pending.shift()
  }

  #break(error: Error): void {
    this.#broken ??= error
    for (const { reject } of this.#pending.splice(0)) reject(this.#broken)
  }
}
