import { ErrorCode } from '../../../protocol/errors'
import type { Broker } from '../broker'
import type { NewRecord, RecordProducer } from './record-producer'
import { succeeded } from './success'

/** Settings by Kafka's names. */
export type SettingValues = Readonly<Record<string, string | number | boolean>>

export interface NewTopicOptions {
  /** Default: `num.partitions`. */
  readonly partitions?: number
  /** Settings of the topic by Kafka's names: `{ 'cleanup.policy': 'compact' }`. */
  readonly configs?: SettingValues
}

export interface TopicSeed extends NewTopicOptions {
  /** What the topic holds from the start. */
  readonly records?: readonly NewRecord[]
}

/** Topics by name; a number is how many partitions. */
export type TopicSeeds = Readonly<Record<string, number | TopicSeed>>

export const textsOf = (values: SettingValues = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))

/** Creates all topics, then appends what they shall hold. Rejects with what was refused. */
export const createSeeds = async (broker: Broker, producer: RecordProducer, seeds: TopicSeeds): Promise<void> => {
  const topics = Object.entries(seeds).map(([name, seed]) => ({
    name,
    ...(typeof seed === 'number' ? { partitions: seed } : seed),
  }))
  const results = await broker.topics.createTopics(topics.map(newTopic), { validateOnly: false })
  for (const result of results) succeeded(result, `the topic ${result.name} was not created`)
  await Promise.all(topics.map(({ name, records = [] }) => producer.produce(name, records)))
}

const newTopic = ({ name, partitions = -1, configs }: { readonly name: string } & NewTopicOptions) => ({
  name,
  partitions,
  replicationFactor: -1,
  assignments: [],
  configs: Object.entries(textsOf(configs)).map(([key, value]) => ({ name: key, value })),
})

/** Somebody else was faster. */
const GONE: ReadonlySet<number> = new Set([ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])

/** Deletes all topics, and with those of the coordinators everything that they know. */
export const deleteAllTopics = async (broker: Broker): Promise<void> => {
  const topics = Array.from(broker.cache.current.topics(), ({ id }) => ({ name: null, topicId: id }))
  for (const result of await broker.topics.deleteTopics(topics)) {
    if (!GONE.has(result.errorCode)) succeeded(result, `the topic ${result.name} was not deleted`)
  }
}
