import type { SeededRandom } from '../../src/io/memory/seeded-random'
import type { VirtualClock } from '../../src/io/memory/virtual-clock'
import type { VirtualTimers } from '../../src/io/memory/virtual-timers'
import type { Stream, Transport } from '../../src/io/transport'
import { type CutKind, LaggingStream } from './lagging-stream'

/** Where the broker listens. */
export const PORT = 9092
/** Lags are drawn in steps of a thousandth of a millisecond, so that hardly two messages arrive together. */
const STEPS_PER_MS = 1_000

export interface SimulatedNetworkOptions {
  readonly clock: VirtualClock
  readonly timers: VirtualTimers
  readonly random: SeededRandom
}

/** The way from the clients to the broker process that lives now. Connections break with it, and when a test says so. */
export class SimulatedNetwork implements Pick<Transport, 'connect'> {
  /** The longest that a message takes in one direction, in milliseconds. */
  lagMsMax = 5
  readonly #options: SimulatedNetworkOptions
  #broker: Transport | null = null
  #streams: LaggingStream[] = []

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options
  }

  /** Connections go to the network of this process from now on; null: nobody is there. */
  attach(broker: Transport | null): void {
    this.#broker = broker
  }

  get connectionCount(): number {
    return this.#streams.length
  }

  async connect(options: {
    readonly host: string
    readonly port: number
    readonly timeoutMs: number
  }): Promise<Stream> {
    const { clock, timers } = this.#options
    if (!this.#broker) throw new Error('ECONNREFUSED: no broker is there')
    const inner = await this.#broker.connect(options)
    const stream = new LaggingStream({
      inner,
      timers,
      now: () => clock.monotonic(),
      lag: () => this.#lag(),
      onGone: gone => {
        this.#streams = this.#streams.filter(other => other !== gone)
      },
    })
    this.#streams.push(stream)
    return stream
  }

  /** Breaks one connection, whichever. */
  cutOne(kind: CutKind): void {
    if (this.#streams.length > 0) this.#streams[this.#options.random.below(this.#streams.length)]!.cut(kind)
  }

  cutAll(): void {
    for (const stream of this.#streams) stream.cut('everything')
  }

  #lag(): number {
    return (1 + this.#options.random.below(this.lagMsMax * STEPS_PER_MS)) / STEPS_PER_MS
  }
}
