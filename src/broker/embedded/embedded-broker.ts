import type { FaultInjection } from '../../faults/faults'
import { addressText } from '../../io/address'
import type { Platform } from '../../io/platform'
import type { Timers } from '../../io/timers'
import type { Broker } from '../broker'
import type { BrokerTime } from './broker-time'
import { type NewRecord, type PlacedRecord, RecordProducer } from './record-producer'
import { type RecordsOptions, RecordWait } from './record-wait'
import type { BrokerListener, RunningBroker } from './running-broker'
import type { ReceivedRecord } from './topic-reader'
import { createSeeds, deleteAllTopics, type NewTopicOptions, type TopicSeeds } from './topic-seeds'

export interface EmbeddedBrokerParts {
  readonly broker: Broker
  readonly platform: Pick<Platform, 'clock' | 'timers'>
  readonly time: BrokerTime
  /** In real time, whatever that of the broker is. */
  readonly realTimers: Timers
  readonly seeds: TopicSeeds
}

/** A broker as the program sees it that embeds it. */
export class EmbeddedBroker implements RunningBroker {
  readonly listeners: readonly BrokerListener[]
  readonly failed: Promise<never>
  readonly time: BrokerTime
  readonly #parts: EmbeddedBrokerParts
  readonly #broker: Broker
  readonly #producer: RecordProducer
  readonly #waits = new Set<RecordWait<unknown>>()
  #reset: Promise<void> = Promise.resolve()

  constructor(parts: EmbeddedBrokerParts) {
    const { broker, platform, time } = parts
    this.#parts = parts
    this.#broker = broker
    this.#producer = new RecordProducer(broker, platform)
    this.time = time
    this.failed = broker.failed
    this.listeners = broker.endpoints.map(({ listenerName, host, port }) => ({ name: listenerName, host, port }))
  }

  get bootstrap(): string {
    const { host, port } = this.listeners[0]!
    return addressText(host, port)
  }

  get bootstrapServers(): string {
    return this.bootstrap
  }

  get http(): string | null {
    return this.#broker.httpAddresses[0] ?? null
  }

  get faults(): FaultInjection {
    return this.#broker.faults
  }

  createTopic(name: string, options: NewTopicOptions = {}): Promise<void> {
    return this.createTopics({ [name]: options })
  }

  createTopics(topics: TopicSeeds): Promise<void> {
    return createSeeds(this.#broker, this.#producer, topics)
  }

  produce(topic: string, records: readonly NewRecord[]): Promise<readonly PlacedRecord[]> {
    return this.#producer.produce(topic, records)
  }

  async records<Value = string>(
    topic: string,
    options: number | RecordsOptions<Value> = {},
  ): Promise<ReceivedRecord<Value>[]> {
    const wait = new RecordWait<Value>(this.#broker, topic, typeof options === 'number' ? { count: options } : options)
    this.#waits.add(wait)
    try {
      return await wait.records(this.#parts.realTimers)
    } finally {
      this.#waits.delete(wait)
    }
  }

  /** Of several calls at once, each begins when the one before has ended. */
  reset(): Promise<void> {
    const reset = this.#reset.then(() => this.#startAnew())
    this.#reset = reset.catch(() => {})
    return reset
  }

  async close(): Promise<void> {
    for (const wait of this.#waits) wait.end(new Error('the broker was closed while records were waited for'))
    await this.#broker.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #startAnew(): Promise<void> {
    this.faults.clear()
    await deleteAllTopics(this.#broker)
    await createSeeds(this.#broker, this.#producer, this.#parts.seeds)
  }
}
