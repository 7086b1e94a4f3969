import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { Broker } from '../../src/broker/broker'
import { ONE_NODE_DEFAULTS } from '../../src/broker/start-broker'
import { loadStaticConfig } from '../../src/config/static-config'
import type { Disk } from '../../src/io/disk'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { MemoryTransport } from '../../src/io/memory/memory-transport'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import type { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import type { MetadataStore } from '../../src/metadata/metadata-store'
import { override } from './override'
import { RecordingLogger } from './recording-logger'
import { TestClient } from './test-client'
import { virtualTime } from './virtual-time'

const STEPS_MAX = 2_000
const STEP_MS = 50

/** The process died before what was waited for came. */
export class Crashed extends Error {
  override readonly name = 'Crashed'
}

interface Incarnation {
  readonly broker: Broker
  readonly client: TestClient
  readonly timers: VirtualTimers
}

/**
 * A broker whose process can be killed while it writes: what the disk has been given stays, all else is gone. Metadata survive as in a
 * store of its own.
 */
export class CrashingBroker {
  readonly disk: MemoryDisk
  readonly #settings: Readonly<Record<string, string>>
  readonly #random = new SeededRandom(1)
  readonly #storeTimers = virtualTime().timers
  readonly #store: MemoryMetadataStore
  #incarnation: Incarnation | null = null
  #writes = 0
  #crashAfter = Number.POSITIVE_INFINITY
  #isCrashed = false
  readonly logger = new RecordingLogger()
  #wallMs = 1_700_000_000_000

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings
    this.disk = new MemoryDisk()
    this.#store = new MemoryMetadataStore({ timers: this.#storeTimers })
  }

  /** Writes to logs so far: the moments at which the process can be killed. */
  get writes(): number {
    return this.#writes
  }

  get broker(): Broker {
    return this.#incarnation!.broker
  }

  /** Kills the process right after the write to a log with this number; nothing that it does then reaches anyone. */
  crashAfter(write: number): void {
    this.#crashAfter = write
  }

  async start(): Promise<void> {
    this.#isCrashed = false
    this.#crashAfter = Number.POSITIVE_INFINITY
    this.#wallMs += 60_000
    const { clock, timers } = virtualTime(this.#wallMs)
    const transport = new MemoryTransport(timers)
    const store = this.#store
    const starting = Broker.start({
      platform: { clock, timers, transport, disk: this.#observed(), random: this.#random, logger: this.logger },
      settings: loadStaticConfig({
        defaults: { ...ONE_NODE_DEFAULTS, 'node.id': '1', listeners: 'PLAINTEXT://localhost:0', 'log.dirs': '/data' },
        options: this.#settings,
      }),
      // The store outlives the process.
      openStore: async () => override<MetadataStore>(store, { close: async () => {} }),
      hostName: 'localhost',
    })
    const broker = await this.#until(starting, timers)
    const { port } = broker.endpoints[0]!
    const client = await this.#until(TestClient.connect(transport, { host: 'localhost', port }), timers)
    this.#incarnation = { broker, client, timers }
  }

  /** Sends a request; rejects with `Crashed` when the process dies meanwhile. */
  ask<A extends Api>(api: A, version: number, request: InputOf<A['request']>): Promise<MessageOf<A['response']>> {
    const { client, timers } = this.#incarnation!
    return this.#until(client.send(api, version, request), timers)
  }

  /** Lets time go by. */
  async advance(ms: number): Promise<void> {
    await this.#advance(this.#incarnation!.timers, ms)
    if (this.#isCrashed) throw new Crashed()
  }

  async close(): Promise<void> {
    const { broker, timers } = this.#incarnation!
    await this.#until(broker.close(), timers)
  }

  /** The disk as a process sees it. */
  #observed(): Disk {
    const open: Disk['open'] = (path, mode) => {
      const file = this.disk.open(path, mode)
      return path.endsWith('.log')
        ? override(file, { writeSync: (...call) => this.#written(file.writeSync(...call)) })
        : file
    }
    return override<Disk>(this.disk, { open })
  }

  #written<Result>(result: Result): Result {
    if (this.#writes++ === this.#crashAfter) {
      this.disk.crash({ keepPageCache: true, random: this.#random })
      this.#isCrashed = true
    }
    return result
  }

  async #advance(timers: VirtualTimers, ms: number): Promise<void> {
    await timers.advance(ms)
    await this.#storeTimers.advance(ms)
  }

  async #until<T>(outcome: Promise<T>, timers: VirtualTimers): Promise<T> {
    let isSettled = false
    const settled = outcome.finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    for (let step = 0; !isSettled; step++) {
      if (this.#isCrashed) throw new Crashed()
      if (step === STEPS_MAX) throw new Error('nothing comes of this')
      await this.#advance(timers, step < 10 ? 0 : STEP_MS)
    }
    if (this.#isCrashed) throw new Crashed()
    return settled
  }
}
