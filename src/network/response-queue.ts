import { Writer } from '../../protocol/wire/writer'
import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Stream } from '../io/transport'
import type { NetworkObserver } from './network-observer'
import type { PendingRequest } from './pending-request'
import { fail } from './request-execution'

export interface ResponseServices {
  readonly clock: Clock
  readonly logger: Logger
  readonly observer: NetworkObserver | null
}

/**
 * The requests of one connection in the order of their arrival, in work or waiting for their turn. Answers leave in the same order: each
 * is encoded as soon as all before it are, and what has been encoded leaves in one gathered write.
 */
export class ResponseQueue {
  readonly #stream: Stream
  readonly #services: ResponseServices
  #head: PendingRequest | null = null
  #tail: PendingRequest | null = null
  #length = 0
  /** Holds what is encoded and not yet given to the stream; made when needed, so that an idle connection costs no buffer. */
  #writer: Writer | null = null
  /** Whose turn has come since the last flush; kept only when somebody observes. */
  readonly #unsent: PendingRequest[] = []
  /** To be called when what is encoded has left. */
  #sent: (() => void)[] = []

  constructor(stream: Stream, services: ResponseServices) {
    this.#stream = stream
    this.#services = services
  }

  /** Requests whose answer is not encoded yet. */
  get length(): number {
    return this.#length
  }

  /** Whether `flush` has something to do: bytes for the stream, or answers without any that an observer has to be told of. */
  get isFlushDue(): boolean {
    return this.#writer !== null || this.#unsent.length > 0
  }

  /** Encoded, but not yet given to the stream. */
  get #unwrittenBytes(): number {
    return this.#writer?.size ?? 0
  }

  /** Encoded, but not yet taken by the system. */
  get unsentBytes(): number {
    return this.#unwrittenBytes + this.#stream.pendingBytes
  }

  add(request: PendingRequest): void {
    if (this.#tail) this.#tail.next = request
    else this.#head = request
    this.#tail = request
    this.#length++
  }

  /**
   * Encodes the answers whose turn has come and gives each of their requests to `done`. False when the turn is at a request that failed
   * without an answer: it and all behind it are forgotten.
   */
  encodeReady(done: (request: PendingRequest) => void): boolean {
    for (let request = this.#head; request && request.progress !== 'in work'; request = this.#head) {
      request.responseBytes = this.#encode(request)
      if (request.progress === 'failed') {
        this.clear()
        return false
      }
      this.#head = request.next
      if (!this.#head) this.#tail = null
      this.#length--
      if (request.sent) this.#sent.push(request.sent)
      if (this.#services.observer) this.#unsent.push(request)
      done(request)
    }
    return true
  }

  /** Gives the stream all that is encoded. */
  flush(): void {
    if (this.#writer) this.#stream.write(this.#writer.finish(), this.#takeSent())
    this.#writer = null
    const { observer, clock } = this.#services
    if (!observer || this.#unsent.length === 0) return
    const sentAt = clock.monotonic()
    for (const request of this.#unsent) observer.requestFinished(request, sentAt)
    this.#unsent.length = 0
  }

  clear(): void {
    this.#head = null
    this.#tail = null
    this.#length = 0
  }

  #takeSent(): (() => void) | undefined {
    if (this.#sent.length === 0) return undefined
    const sent = this.#sent
    this.#sent = []
    return () => {
      for (const callback of sent) callback()
    }
  }

  /** Returns the length of the encoded answer in bytes. One that cannot be encoded makes its request a failed one. */
  #encode(request: PendingRequest): number {
    if (request.progress === 'failed' || request.answer === null) return 0
    const before = this.#unwrittenBytes
    try {
      this.#append(request, request.answer)
    } catch (error) {
      this.#cutBack(before)
      fail(request, error, this.#services.logger)
      this.#encodeFailure(request)
    }
    return this.#unwrittenBytes - before
  }

  /** The second attempt, with the error response. */
  #encodeFailure(request: PendingRequest): void {
    if (request.progress === 'failed' || request.answer === null) return
    const before = this.#unwrittenBytes
    try {
      this.#append(request, request.answer)
    } catch (error) {
      this.#cutBack(before)
      this.#services.logger.error('an error response could not be encoded', { connection: request.connectionId, error })
      request.progress = 'failed'
    }
  }

  #append({ route, correlationId }: PendingRequest, answer: object): void {
    this.#writer ??= new Writer()
    const writer = this.#writer
    writer.startFrame()
    route.writeHeader(writer, { correlationId })
    route.writeResponse(writer, answer)
    writer.endFrame()
  }

  /** Takes back all that is encoded beyond the first `size` bytes. */
  #cutBack(size: number): void {
    const encoded = Buffer.concat(this.#writer?.finish() ?? [], size)
    this.#writer = null
    if (size === 0) return
    this.#writer = new Writer()
    this.#writer.append(encoded)
  }
}
