import type { HandlerRegistry } from '../handlers/registry'
import type { BufferPool } from '../io/buffer-pool'
import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import type { Stream } from '../io/transport'
import type { IdleCandidate } from './idle-sweep'
import { IncomingFrames } from './incoming-frames'
import { Interrupts } from './interrupts'
import type { NetworkObserver } from './network-observer'
import type { NetworkSettings } from './network-settings'
import { PendingRequest, type RequestOwner } from './pending-request'
import type { RateLimitedLog } from './rate-limited-log'
import { execute } from './request-execution'
import type { MemoryHolder, RequestMemory } from './request-memory'
import { keepsBytes, type Refusal, readRequest, refusalOf } from './request-reader'
import { ResponseQueue } from './response-queue'
import { Throttle } from './throttle'

/** Answers that the client has not taken; with more than this, no further request is started. */
const UNSENT_BYTES_MAX = 1024 * 1024
/** Requests that are held for one connection; with more, no further one is started, unless it is the only one. */
const HELD_BYTES_MAX = 32 * 1024 * 1024

/** What all connections of a server share. */
export interface ConnectionServices {
  readonly registry: HandlerRegistry
  readonly settings: NetworkSettings
  readonly clock: Clock
  readonly timers: Timers
  readonly memory: RequestMemory
  /** Memory for requests that come in pieces, or have to wait. */
  readonly pool: BufferPool
  readonly logger: Logger
  readonly badInput: RateLimitedLog
  readonly observer: NetworkObserver | null
}

/**
 * One client. Requests are started in the order of arrival, without waiting for each other, and answered in that order.
 *
 * Phases: `held` until the server serves; `open`; `ending`: no further request is started, those in work are answered, then the stream
 * is ended; `closed`: nothing reaches the client any more, all memory is released, late answers are dropped.
 *
 * Reading stops, and with it the sender by TCP's flow control, while bytes wait here and none of their requests may be started: a
 * barrier is in work, the client is throttled, or one of the limits is reached. It also stops, between two requests, while all
 * connections together hold too much.
 */
export class Connection implements RequestOwner, MemoryHolder, IdleCandidate {
  readonly id: string
  readonly listenerName: string
  readonly securityProtocol: string
  readonly clientAddress: string
  readonly clientPort: number
  principal = 'User:ANONYMOUS'
  clientSoftwareName = ''
  clientSoftwareVersion = ''
  lastActiveAt: number
  readonly #stream: Stream
  readonly #services: ConnectionServices
  readonly #frames: IncomingFrames
  readonly #responses: ResponseQueue
  readonly #onClosed: (connection: Connection) => void
  readonly #interrupts: Interrupts
  readonly #throttle: Throttle
  #phase: 'held' | 'open' | 'ending' | 'closed' = 'held'
  #inputEnded = false
  #outputEnded = false
  #paused = true
  #starting = false
  #flushScheduled = false
  #barrier: PendingRequest | null = null

  /** The stream is paused until `begin`. */
  constructor(
    stream: Stream,
    identity: { readonly number: number; readonly listenerName: string; readonly securityProtocol: string },
    services: ConnectionServices,
    onClosed: (connection: Connection) => void,
  ) {
    const { localAddress, localPort, remoteAddress, remotePort } = stream
    this.id = `${localAddress}:${localPort}-${remoteAddress}:${remotePort}-${identity.number}`
    this.listenerName = identity.listenerName
    this.securityProtocol = identity.securityProtocol
    this.clientAddress = remoteAddress
    this.clientPort = remotePort
    this.#stream = stream
    this.#services = services
    this.#onClosed = onClosed
    this.#frames = new IncomingFrames(services.settings.socketRequestMaxBytes, services.memory, services.pool)
    this.#responses = new ResponseQueue(stream, services)
    this.#interrupts = new Interrupts(services.logger)
    this.#throttle = new Throttle(services.clock, services.timers, () => this.#startRequests())
    this.lastActiveAt = services.clock.monotonic()
    services.memory.join(this)
    stream.on({
      data: chunk => this.#receive(chunk),
      drain: () => this.#drained(),
      end: () => this.#endOfInput(),
      close: error => this.#close(error),
    })
    stream.pause()
  }

  get closed(): boolean {
    return this.#phase === 'closed'
  }

  get partialBytes(): number {
    return this.#frames.untakenBytes
  }

  begin(): void {
    if (this.#phase !== 'held') return
    this.#phase = 'open'
    this.#startRequests()
  }

  /** Starts nothing more, answers what is in work (long polls at once), then closes. */
  finish(): void {
    if (this.#phase === 'ending' || this.#phase === 'closed') return
    this.#phase = 'ending'
    this.#interrupts.interruptAll()
    this.#readOrPause()
    this.#endWhenAnswered()
  }

  destroy(): void {
    this.#close()
    this.#stream.destroy()
  }

  closeIdle(): void {
    if (this.#responses.length > 0) return
    this.#services.logger.debug('closing an idle connection', { connection: this.id })
    this.destroy()
  }

  evict(): void {
    const fields = { connection: this.id, bytes: this.partialBytes }
    const message = 'closing a connection whose unfinished request keeps others from being served'
    this.#services.badInput.warn('request memory exhausted', message, fields)
    this.destroy()
  }

  memoryChanged(): void {
    this.#readOrPause()
  }

  onInterrupt(callback: () => void): () => void {
    return this.#interrupts.add(callback)
  }

  throttle(milliseconds: number): void {
    if (this.#phase !== 'closed') this.#throttle.extend(milliseconds)
  }

  #receive(chunk: Buffer): void {
    this.lastActiveAt = this.#services.clock.monotonic()
    this.#frames.push(chunk)
    this.#startRequests()
    this.#frames.settle()
  }

  #startRequests(): void {
    // Answers that are there at once lead back to here.
    if (this.#starting || this.#phase === 'held') return
    this.#starting = true
    while (this.#mayStart()) {
      const frame = this.#nextFrame()
      if (frame) this.#start(frame)
      else if (this.#inputEnded) this.finish()
      else break
    }
    this.#starting = false
    this.#readOrPause()
  }

  #mayStart(): boolean {
    return (
      this.#phase === 'open' &&
      this.#barrier === null &&
      !this.#throttle.isActive &&
      this.#responses.length < this.#services.settings.queuedMaxRequests &&
      this.#responses.unsentBytes <= UNSENT_BYTES_MAX &&
      (this.#frames.heldBytes <= HELD_BYTES_MAX || this.#responses.length === 0)
    )
  }

  #nextFrame(): Buffer | null {
    try {
      return this.#frames.next(this.#isKept)
    } catch (error) {
      this.#refuse(refusalOf(error, 'malformed frame'))
      return null
    }
  }

  #start(frame: Buffer): void {
    if (this.#phase === 'closed') return
    const request = readRequest(frame, this, this.#services.registry, this.lastActiveAt)
    if (request instanceof PendingRequest) this.#handle(request)
    else {
      this.#frames.answered(frame.length)
      this.#refuse(request)
    }
    this.#frames.handled(frame)
  }

  #handle(request: PendingRequest): void {
    this.#responses.add(request)
    if (request.progress === 'answered') {
      this.#settled(request)
      return
    }
    if (request.route.handler.barrier) this.#barrier = request
    if (this.#services.observer) request.startedAt = this.#services.clock.monotonic()
    execute(request, this.#services.logger, this.#settled)
    if (this.#services.observer && request.progress === 'in work') request.handledAt = this.#services.clock.monotonic()
  }

  #refuse({ reason, detail, error }: Refusal): void {
    if (error) this.#services.logger.error(`a request could not be decoded: ${detail}`, { connection: this.id, error })
    this.#services.observer?.requestRefused(reason)
    const client = `${this.clientAddress}:${this.clientPort}`
    const fields = { connection: this.id, listener: this.listenerName }
    this.#services.badInput.warn(reason, `closing the connection of ${client}: ${detail}`, fields)
    this.finish()
  }

  readonly #settled = (request: PendingRequest): void => {
    if (this.#phase === 'closed') return
    if (this.#barrier === request) this.#barrier = null
    if (this.#services.observer) request.answeredAt = this.#services.clock.monotonic()
    if (!this.#responses.encodeReady(this.#encoded)) this.finish()
    this.#flushSoon()
    this.#endWhenAnswered()
    this.#startRequests()
  }

  readonly #isKept = (frame: Buffer): boolean => keepsBytes(frame, this.#services.registry)

  readonly #encoded = ({ requestBytes }: PendingRequest): void => this.#frames.answered(requestBytes)

  /**
   * Answers that are there at once are collected until all input of this turn has been read; later ones leave as soon as the promises
   * that were settled together have run. Either way many answers share one write.
   */
  #flushSoon(): void {
    if (this.#flushScheduled || !this.#responses.isFlushDue) return
    this.#flushScheduled = true
    if (this.#starting) this.#services.timers.endOfTurn(this.#flush)
    else queueMicrotask(this.#flush)
  }

  readonly #flush = (): void => {
    this.#flushScheduled = false
    if (this.#phase === 'closed') return
    this.#responses.flush()
    this.#startRequests()
  }

  #drained(): void {
    this.lastActiveAt = this.#services.clock.monotonic()
    this.#startRequests()
  }

  /** The client sends no more. It may still read, but is more likely gone: nobody waits for it any longer than necessary. */
  #endOfInput(): void {
    this.#inputEnded = true
    this.#interrupts.interruptAll()
    this.#startRequests()
  }

  /** A client with requests waiting is not read further; without, reading goes on, to learn of its end while it waits for an answer. */
  #readOrPause(): void {
    if (this.#phase === 'closed' || this.#outputEnded) return
    const more = this.#frames.untakenBytes === 0 ? !this.#services.memory.exhausted : this.#mayStart()
    const pause = this.#phase !== 'open' || !more
    if (pause === this.#paused) return
    this.#paused = pause
    if (pause) this.#stream.pause()
    else this.#stream.resume()
  }

  #endWhenAnswered(): void {
    if (this.#phase !== 'ending' || this.#responses.length > 0 || this.#outputEnded) return
    this.#responses.flush()
    this.#outputEnded = true
    this.#stream.end()
  }

  #close(error?: Error): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#throttle.cancel()
    this.#responses.clear()
    this.#frames.close()
    this.#services.memory.leave(this)
    this.#interrupts.interruptAll()
    this.#onClosed(this)
    this.#services.logger.debug('connection closed', error ? { connection: this.id, error } : { connection: this.id })
  }
}
