/** What a program sees of a broker that runs within it. */
import type { FaultInjection } from '../../faults/faults'
import type { BrokerTime } from './broker-time'
import type { NewRecord, PlacedRecord } from './record-producer'
import type { RecordsOptions } from './record-wait'
import type { ReceivedRecord } from './topic-reader'
import type { NewTopicOptions, TopicSeeds } from './topic-seeds'

export interface BrokerListener {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** A broker that runs in this process. It takes no signals and never ends the process. */
export interface RunningBroker {
  /** `host:port` of the first listener. */
  readonly bootstrap: string
  /** The same, by the name that clients have for it: their `bootstrap.servers`. */
  readonly bootstrapServers: string
  readonly listeners: readonly BrokerListener[]
  /** `http://host:port` for metrics and health; null unless the setting `http.listeners` asks for it. */
  readonly http: string | null
  /** The clock of the broker, which can be moved when it was started with `time: 'virtual'`. */
  readonly time: BrokerTime
  /** What goes wrong on purpose: errors, delays, lost connections and answers. */
  readonly faults: FaultInjection
  /** Rejects when the broker cannot go on by itself, for example because its disk failed. Never resolves. */
  readonly failed: Promise<never>
  /** Creates a topic that can be used at once. Rejects when it exists or a setting is refused. */
  createTopic(name: string, options?: NewTopicOptions): Promise<void>
  /** Creates topics, each with what it shall hold: `{ orders: 3, audit: { configs, records } }`. Rejects as `createTopic`. */
  createTopics(topics: TopicSeeds): Promise<void>
  /**
   * Appends records and resolves with their places, in order, when they can be read. A topic that does not exist is created where
   * `auto.create.topics.enable` says so. Rejects when the broker refuses one of them.
   */
  produce(topic: string, records: readonly NewRecord[]): Promise<readonly PlacedRecord[]>
  /**
   * The records of a topic, ordered by partition and offset: all that are there as soon as there are at least `count`. Waits for them, and
   * for the topic. Rejects with what was seen instead when the time is up.
   */
  records(topic: string, count?: number): Promise<ReceivedRecord<string>[]>
  records<Value = string>(topic: string, options: RecordsOptions<Value>): Promise<ReceivedRecord<Value>[]>
  /**
   * A broker as new for the next test, in milliseconds: topics, groups, offsets, transactions and faults are gone, and the topics that it was
   * started with are there again. Clients may stay connected: for them, topics were deleted.
   */
  reset(): Promise<void>
  /** Stops in order: requests in work are finished, everything is on the disk, ports are free. */
  close(): Promise<void>
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
