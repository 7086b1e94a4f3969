import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { SaslAuthenticate } from '../../protocol/messages/36-sasl-authenticate'
import type { InputOf } from '../../protocol/schema/message'
import type { Features } from '../../src/handlers/api-versions'
import { type Handler, type HandlerOptions, handler } from '../../src/handlers/handler'
import { HandlerRegistry } from '../../src/handlers/registry'
import type { RequestContext } from '../../src/handlers/request-context'
import { MemoryTransport } from '../../src/io/memory/memory-transport'
import type { Stream, Transport } from '../../src/io/transport'
import type { NetworkObserver } from '../../src/network/network-observer'
import type { NetworkSettings } from '../../src/network/network-settings'
import { SocketServer } from '../../src/network/socket-server'
import { RecordingLogger } from './recording-logger'
import { TestClient } from './test-client'
import { virtualTime } from './virtual-time'

export const DEFAULT_NETWORK_SETTINGS: NetworkSettings = {
  socketRequestMaxBytes: 1024 * 1024,
  queuedMaxRequestBytes: -1,
  queuedMaxRequests: 500,
  connectionsMaxIdleMs: 600_000,
  maxConnections: 1_000_000,
  maxConnectionsPerIp: 1_000_000,
  maxConnectionsPerIpOverrides: '',
  socketListenBacklogSize: 50,
}

const NO_FEATURES: Features = { supported: [], finalized: [], finalizedEpoch: 0 }

/** Answers with the bytes it was sent, at once. It borrows SaslAuthenticate, whose messages carry little else. */
export const echo = (options: Partial<HandlerOptions<typeof SaslAuthenticate>> = {}): Handler =>
  handler(SaslAuthenticate, { versions: [0, 2], ...options }, ({ authBytes }) => ({ authBytes }))

type HeartbeatAnswer = InputOf<typeof Heartbeat.response> | null

/** A handler of Heartbeat whose requests stay in work until the test answers them; they are known by their member id. */
export class HeldRequests {
  /** Member ids in the order in which they were started. */
  readonly started: string[] = []
  readonly contexts = new Map<string, RequestContext>()
  readonly handler: Handler
  readonly #settle = new Map<string, { resolve(answer: HeartbeatAnswer): void; reject(error: unknown): void }>()

  constructor(options: Partial<HandlerOptions<typeof Heartbeat>> = {}) {
    this.handler = handler(Heartbeat, { versions: [0, 4], ...options }, ({ memberId }, context) => {
      this.started.push(memberId)
      this.contexts.set(memberId, context)
      return new Promise((resolve, reject) => this.#settle.set(memberId, { resolve, reject }))
    })
  }

  answer(memberId: string, answer: HeartbeatAnswer = {}): void {
    this.#settle.get(memberId)!.resolve(answer)
  }

  fail(memberId: string, error: unknown): void {
    this.#settle.get(memberId)!.reject(error)
  }
}

export interface NetworkHarnessOptions {
  readonly handlers?: readonly Handler[]
  readonly settings?: Partial<NetworkSettings>
  readonly observer?: NetworkObserver
  readonly features?: Features
  /** Do not call `serve`. */
  readonly held?: boolean
}

/** A socket server with its clients in one process, on virtual time: nothing happens before the test lets it. */
export class NetworkHarness {
  readonly logger = new RecordingLogger()
  readonly time = virtualTime()
  readonly transport = new MemoryTransport(this.time.timers)
  readonly settings: { -readonly [K in keyof NetworkSettings]: NetworkSettings[K] }
  readonly server: SocketServer
  readonly clients: TestClient[] = []
  port = 0

  #accept: (stream: Stream) => void = () => {}

  private constructor(options: NetworkHarnessOptions) {
    this.settings = { ...DEFAULT_NETWORK_SETTINGS, ...options.settings }
    const listen: Transport['listen'] = (listenOptions, accept) => {
      this.#accept = accept
      return this.transport.listen(listenOptions, accept)
    }
    this.server = new SocketServer({
      transport: { listen, connect: options => this.transport.connect(options) },
      ...this.time,
      logger: this.logger,
      registry: new HandlerRegistry(options.handlers ?? [echo()], () => options.features ?? NO_FEATURES),
      settings: () => this.settings,
      ...(options.observer && { observer: options.observer }),
    })
  }

  static async start(options: NetworkHarnessOptions = {}): Promise<NetworkHarness> {
    const harness = new NetworkHarness(options)
    const endpoint = { name: 'PLAINTEXT', host: 'localhost', port: 0, securityProtocol: 'PLAINTEXT' }
    harness.port = (await harness.server.listen(endpoint)).port
    if (!options.held) harness.server.serve()
    return harness
  }

  /** Brings a stream in as if a client had connected. */
  accept(stream: Stream): void {
    this.#accept(stream)
  }

  async connect(): Promise<TestClient> {
    const client = await this.until(TestClient.connect(this.transport, { host: 'localhost', port: this.port }))
    this.clients.push(client)
    return client
  }

  /** Lets everything happen that is due now. */
  settle(): Promise<void> {
    return this.time.timers.settle()
  }

  /** The outcome of something that is due now. */
  async until<T>(outcome: Promise<T>): Promise<T> {
    outcome.catch(() => {})
    await this.settle()
    return outcome
  }

  /** The warnings about bad input, by reason. */
  get warnings(): string[] {
    return this.logger.at('warn').map(({ fields }) => String(fields['reason']))
  }

  /** Closes everything and checks that nothing is left: no connection, no memory, no timer. */
  async close(): Promise<void> {
    for (const client of this.clients) await this.until(client.destroy())
    const closed = this.server.close(1_000)
    await this.time.timers.advance(1_000)
    await closed
    expect({
      connections: this.server.connectionCount,
      requestBytes: this.server.requestBytes,
      timers: this.time.timers.pendingCount,
    }).toEqual({ connections: 0, requestBytes: 0, timers: 0 })
  }
}
