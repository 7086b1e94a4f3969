import { Broker } from '../../src/broker/broker'
import { ONE_NODE_DEFAULTS } from '../../src/broker/start-broker'
import { loadStaticConfig } from '../../src/config/static-config'
import { type Disk, DiskError } from '../../src/io/disk'
import type { Logger } from '../../src/io/logger'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { MemoryTransport } from '../../src/io/memory/memory-transport'
import type { SeededRandom } from '../../src/io/memory/seeded-random'
import type { VirtualClock } from '../../src/io/memory/virtual-clock'
import type { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { override } from '../support/override'
import { MetadataFile } from './metadata-file'
import { ProcessTimers } from './process-timers'
import { PORT, type SimulatedNetwork } from './simulated-network'
import type { Trace } from './trace'

export interface BrokerProcessOptions {
  readonly clock: VirtualClock
  readonly timers: VirtualTimers
  readonly random: SeededRandom
  readonly network: SimulatedNetwork
  readonly trace: Trace
  /** By Kafka's names. */
  readonly settings: Readonly<Record<string, string>>
  /** Whether crashes are those of the machine, which lose what was not flushed, and not of the process only. */
  readonly losesPageCache: boolean
  /** Something is wrong that no fault excuses. */
  readonly onViolation: (what: string) => void
}

/** Errors that are logged when the disk fails. */
const EXCUSED =
  /^the log directory has failed|^a part of the broker did not stop in order|^a coordinator could not be loaded/

/** One life of the broker, from its start to its stop or death. */
interface Incarnation {
  readonly timers: ProcessTimers
  readonly broker: Promise<Broker>
}

/** The broker as its surroundings see it: it can be started, stopped and killed; its disk and the metadata store outlive it. */
export class BrokerProcess {
  readonly disk: MemoryDisk
  readonly #options: BrokerProcessOptions
  readonly #metadata = new MetadataFile()
  #incarnation: Incarnation | null = null
  #broker: Broker | null = null
  #writesToLive = Number.POSITIVE_INFINITY

  constructor(options: BrokerProcessOptions) {
    this.#options = options
    const { clock, timers, random } = options
    this.disk = new MemoryDisk({
      clock,
      crashable: options.losesPageCache,
      schedule: complete => timers.after(random.below(2_000) / 1_000, complete),
    })
  }

  /** Whether there is a process, which may not serve yet. */
  get isRunning(): boolean {
    return this.#incarnation !== null
  }

  get losesPageCache(): boolean {
    return this.#options.losesPageCache
  }

  /** The broker while it serves. */
  get broker(): Broker | null {
    return this.#broker
  }

  /** Timers that the living process has set. */
  get pendingTimers(): number {
    return this.#incarnation?.timers.pendingCount ?? 0
  }

  /** Resolves when the broker serves; false when it died on the way. */
  async start(): Promise<boolean> {
    const { clock, random, network } = this.#options
    const timers = new ProcessTimers(this.#options.timers)
    const transport = new MemoryTransport(timers)
    const broker = Broker.start({
      platform: { clock, timers, transport, random, disk: this.#observed(timers), logger: this.#logger(timers) },
      settings: loadStaticConfig({
        defaults: {
          ...ONE_NODE_DEFAULTS,
          'node.id': '1',
          listeners: `PLAINTEXT://localhost:${PORT}`,
          'log.dirs': '/data',
        },
        options: this.#options.settings,
      }),
      openStore: async () => this.#metadata.open({ timers }, () => timers.isDead),
      hostName: 'localhost',
    })
    const incarnation = { timers, broker }
    this.#incarnation = incarnation
    this.#options.trace.add('broker', 'starts')
    const outcome = await Promise.race([timers.dead, broker.catch((error: unknown) => this.#died(incarnation, error))])
    if (!outcome || this.#incarnation !== incarnation) return false
    outcome.failed.catch((error: unknown) => this.#died(incarnation, error))
    this.#broker = outcome
    network.attach(transport)
    this.#options.trace.add('broker', 'serves')
    return true
  }

  /** A clean stop. Resolves when the process is gone; it must leave nothing behind that would run later. */
  async stop(): Promise<void> {
    const incarnation = this.#incarnation
    const broker = this.#broker
    if (!incarnation || !broker) return
    this.#options.trace.add('broker', 'stops')
    this.#options.network.attach(null)
    this.#broker = null
    await Promise.race([broker.close(), incarnation.timers.dead])
    if (this.#incarnation !== incarnation) return
    this.#options.network.cutAll()
    if (incarnation.timers.pendingCount > 0) {
      this.#options.onViolation(`a stopped broker leaves ${incarnation.timers.pendingCount} timers`)
    }
    this.#end(incarnation)
    this.#options.trace.add('broker', 'is gone')
  }

  /** Kills the process where it is, also while it starts or stops. */
  kill(): void {
    const incarnation = this.#incarnation
    if (!incarnation) return
    this.#options.trace.add('broker', 'is killed')
    this.#end(incarnation)
    this.disk.crash({ keepPageCache: !this.#options.losesPageCache, random: this.#options.random })
    this.#options.network.attach(null)
    this.#options.network.cutAll()
  }

  /** Kills the process right after so many writes to logs. */
  killAfterWrites(count: number): void {
    this.#writesToLive = count
  }

  /** No more faults that were ordered. */
  heal(): void {
    this.#writesToLive = Number.POSITIVE_INFINITY
    this.disk.faults.clear()
  }

  #end(incarnation: Incarnation): void {
    incarnation.timers.die()
    this.#incarnation = null
    this.#broker = null
    this.#writesToLive = Number.POSITIVE_INFINITY
  }

  #died(incarnation: Incarnation, error: unknown): null {
    if (this.#incarnation !== incarnation) return null
    this.#options.trace.add('broker', `gives up: ${error instanceof Error ? error.message : String(error)}`)
    this.kill()
    return null
  }

  /** The disk as the process sees it. */
  #observed(timers: ProcessTimers): Disk {
    const open: Disk['open'] = (path, mode) => {
      if (timers.isDead) throw new DiskError('EIO', path, 'the process is dead')
      const file = this.disk.open(path, mode)
      if (!path.endsWith('.log')) return file
      return override(file, {
        writeSync: (...call) => {
          file.writeSync(...call)
          if (!timers.isDead) this.#written()
        },
      })
    }
    return override<Disk>(mortal(this.disk, timers), { open })
  }

  #written(): void {
    if (--this.#writesToLive === 0) this.kill()
  }

  #logger(timers: ProcessTimers): Logger {
    const { trace, onViolation } = this.#options
    const warn = (message: string, fields: object = {}) => {
      if (!timers.isDead) trace.add('broker', `${message} ${describeFields(fields)}`)
    }
    const error = (message: string, fields: object = {}) => {
      warn(message, fields)
      if (!timers.isDead && !EXCUSED.test(message)) onViolation(`the broker logs: ${message} ${describeFields(fields)}`)
    }
    const logger: Logger = { debug() {}, info() {}, warn, error, child: () => logger }
    return logger
  }
}

const describeFields = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${value instanceof Error ? value.message : JSON.stringify(value)}`)
    .join(' ')

/** A disk that does nothing for a dead process. */
const mortal = (disk: Disk, process: ProcessTimers): Disk =>
  new Proxy(disk, {
    get: (target, key) => {
      if (process.isDead) throw new DiskError('EIO', String(key), 'the process is dead')
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
