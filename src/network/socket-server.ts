import type { HandlerRegistry } from '../handlers/registry'
import { BufferPool } from '../io/buffer-pool'
import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import type { Stream, Transport, TransportListener } from '../io/transport'
import { Connection, type ConnectionServices } from './connection'
import { ConnectionQuotas } from './connection-quotas'
import { IdleSweep } from './idle-sweep'
import type { NetworkObserver } from './network-observer'
import type { NetworkSettings } from './network-settings'
import { RateLimitedLog } from './rate-limited-log'
import { RequestMemory } from './request-memory'

export interface SocketServerOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly registry: HandlerRegistry
  /** Asked again where a setting is dynamic in Kafka (the limits of connections). */
  readonly settings: () => NetworkSettings
  readonly observer?: NetworkObserver | null
}

/**
 * Kafka has a thread that does nothing but accept, and needs room for 50. Here accepting waits for a turn of the event loop, and all clients of
 * a broker that was started again come at once; those without room are tried again by the operating system after 200 ms to several seconds.
 */
const BACKLOG_MIN = 1024

/** Sizes of memory for requests that come in pieces, up to what clients send at most by default. */
const REQUEST_SIZES = [4, 8, 16, 32, 64, 128, 256, 512, 1024 + 64].map(kibibytes => kibibytes * 1024)
const IDLE_REQUEST_BYTES_MAX = 8 * 1024 * 1024

/** Where to listen; a part of the configured listener. */
export interface ListenerEndpoint {
  readonly name: string
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly securityProtocol: string
}

/** Listens on all listeners of a broker and owns its connections: Kafka's SocketServer. */
export class SocketServer {
  readonly #options: SocketServerOptions
  readonly #services: ConnectionServices
  readonly #memory: RequestMemory
  readonly #quotas: ConnectionQuotas
  readonly #idleSweep: IdleSweep
  readonly #listeners: TransportListener[] = []
  readonly #connections = new Set<Connection>()
  #accepted = 0
  #phase: 'bound' | 'serving' | 'closing' = 'bound'
  #onEmpty: () => void = () => {}

  constructor(options: SocketServerOptions) {
    const { clock, timers, logger, registry } = options
    const settings = options.settings()
    this.#options = options
    this.#memory = new RequestMemory(settings.queuedMaxRequestBytes, timers)
    this.#quotas = new ConnectionQuotas(options.settings)
    this.#idleSweep = new IdleSweep(clock, timers, settings.connectionsMaxIdleMs)
    this.#services = {
      registry,
      settings,
      clock,
      timers,
      memory: this.#memory,
      pool: new BufferPool({ sizes: REQUEST_SIZES, idleBytesMax: IDLE_REQUEST_BYTES_MAX }),
      logger,
      badInput: new RateLimitedLog(logger, clock),
      observer: options.observer ?? null,
    }
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Bytes of requests received and not yet answered. */
  get requestBytes(): number {
    return this.#memory.heldBytes
  }

  /**
   * Opens a listener and returns it with the port in use. Clients can connect from now on, but nothing of theirs is read before `serve`: so
   * the broker can learn its port and get ready before it answers. Rejects with the error of the system (EADDRINUSE ...).
   */
  async listen<E extends ListenerEndpoint>(endpoint: E): Promise<E> {
    const { host, port } = endpoint
    const backlog = Math.max(this.#services.settings.socketListenBacklogSize, BACKLOG_MIN)
    const listener = await this.#options.transport.listen({ host, port, backlog }, stream =>
      this.#accept(stream, endpoint),
    )
    this.#listeners.push(listener)
    return { ...endpoint, port: listener.port }
  }

  /** Begins to read what clients send. */
  serve(): void {
    this.#phase = 'serving'
    for (const connection of this.#connections) connection.begin()
  }

  /**
   * Stops accepting and reading, lets requests in work finish (waiting ones are asked to answer at once), sends their answers and closes.
   * Connections that are not closed after `graceMs` milliseconds are broken off.
   */
  async close(graceMs: number): Promise<void> {
    this.#phase = 'closing'
    await Promise.all(this.#listeners.map(listener => listener.close()))
    for (const connection of [...this.#connections]) connection.finish()
    const empty = new Promise<void>(resolve => {
      this.#onEmpty = resolve
    })
    if (this.#connections.size === 0) return
    const deadline = this.#options.timers.after(graceMs, () => {
      this.#options.logger.warn('closing connections with requests still in work', {
        connections: this.#connections.size,
      })
      for (const connection of [...this.#connections]) connection.destroy()
    })
    await empty
    deadline.cancel()
  }

  #accept(stream: Stream, { name, securityProtocol }: ListenerEndpoint): void {
    const limit = this.#quotas.admit(stream.remoteAddress)
    if (limit !== null) {
      this.#turnAway(stream, name, limit)
      return
    }
    const identity = { number: this.#accepted++, listenerName: name, securityProtocol }
    const connection = new Connection(stream, identity, this.#services, closed => this.#forget(closed))
    this.#connections.add(connection)
    this.#idleSweep.add(connection)
    this.#services.observer?.connectionOpened(name)
    this.#options.logger.debug('connection opened', { connection: connection.id, listener: name })
    if (this.#phase === 'serving') connection.begin()
    else if (this.#phase === 'closing') connection.finish()
  }

  #turnAway(stream: Stream, listener: string, limit: string): void {
    this.#services.badInput.warn(limit, `closing a new connection of ${stream.remoteAddress}: ${limit}`, {
      listener,
      connections: this.#quotas.count,
    })
    this.#services.observer?.connectionRefused(listener, limit)
    stream.on({ data() {}, drain() {}, end() {}, close() {} })
    stream.destroy()
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection)
    this.#idleSweep.remove(connection)
    this.#quotas.release(connection.clientAddress)
    this.#services.observer?.connectionClosed(connection.listenerName)
    if (this.#connections.size === 0) this.#onEmpty()
  }
}
