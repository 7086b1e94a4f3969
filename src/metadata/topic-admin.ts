import { ErrorCode } from '../../protocol/errors'
import type { Random } from '../io/random'
import type { MetadataCache } from './metadata-cache'
import type { MetadataKeys } from './metadata-keys'
import type { MetadataStore } from './metadata-store'
import { newPartition, type PartitionState, type ReplicaEpoch } from './partition-state'
import { isRefusal, type Refusal, refusal, storeRefusal } from './refusal'
import { randomTopicId, ZERO_TOPIC_ID } from './topic-id'
import {
  type PlanContext,
  planPartitions,
  planTopic,
  requestedPartitions,
  type TopicConfigRules,
  type TopicPlan,
  topicExists,
} from './topic-plan'
import type {
  CreateTopicResult,
  DeleteTopicResult,
  NewPartitions,
  NewTopic,
  TopicReference,
  TopicResult,
  ValidateOption,
} from './topic-request'
import { TopicWriter } from './topic-writer'

export interface TopicAdminOptions {
  readonly store: MetadataStore
  readonly cache: MetadataCache
  readonly keys: MetadataKeys
  readonly random: Random
  readonly rules: TopicConfigRules
  /** This broker under its current registration. */
  readonly self: () => ReplicaEpoch
}

/** Kafka's limit for one request. */
const MAX_PARTITIONS_PER_REQUEST = 10_000
const DONE: Refusal = refusal(ErrorCode.NONE)

/**
 * Creates, grows and deletes topics, from any broker. Every answer comes when the change is visible in this broker's image. Error codes
 * and messages are those of Apache Kafka 4.3; the store's failures are REQUEST_TIMED_OUT.
 */
export class TopicAdmin {
  readonly #options: TopicAdminOptions
  readonly #writer: TopicWriter

  constructor(options: TopicAdminOptions) {
    this.#options = options
    this.#writer = new TopicWriter(options.store, options.keys)
  }

  /** One result per name, in the order of the request; a name given twice is refused. */
  async createTopics(topics: readonly NewTopic[], options: ValidateOption): Promise<readonly CreateTopicResult[]> {
    const partitions = topics.reduce((sum, topic) => sum + requestedPartitions(topic, this.#options.rules), 0)
    const tooMany = partitions > MAX_PARTITIONS_PER_REQUEST ? excessive() : null
    return Promise.all(
      [...groupByName(topics)].map(([name, [topic, ...more]]) => {
        const refused = more.length > 0 ? duplicateName() : tooMany
        return refused === null ? this.#create(topic, options) : notCreated(name, refused)
      }),
    )
  }

  /** Creates a topic of the broker's own (`__consumer_offsets` ...) unless it is there: that is a success without details. */
  async createInternalTopic(topic: NewTopic): Promise<CreateTopicResult> {
    const result = await this.#create(topic, { validateOnly: false })
    if (result.errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) return result
    return notCreated(topic.name, DONE)
  }

  /** One result per topic; what is named twice, by name, id or both, is refused. */
  async deleteTopics(topics: readonly TopicReference[]): Promise<readonly DeleteTopicResult[]> {
    const names = tally(topics.map(topic => topic.name))
    const ids = tally(topics.map(topic => (topic.name === null ? topic.topicId : null)))
    const distinct = new Map(topics.map(topic => [`${topic.name ?? ''}/${topic.topicId}`, topic]))
    for (const [key, { name, topicId }] of distinct) {
      // Named in both ways it is refused under its name.
      if (name === null && names.has(this.#options.cache.current.topicById(topicId)?.name ?? '')) distinct.delete(key)
    }
    return Promise.all(
      [...distinct.values()].map(({ name, topicId }) => {
        const refused = invalidReference(name, topicId)
        if (refused !== null) return { name, topicId, ...refused }
        return name === null ? this.#deleteById(topicId, ids) : this.#deleteByName(name, names, ids)
      }),
    )
  }

  /** One result per name; a name given twice is refused. */
  async createPartitions(topics: readonly NewPartitions[], options: ValidateOption): Promise<readonly TopicResult[]> {
    return Promise.all(
      [...groupByName(topics)].map(async ([name, [wanted, ...more]]) => {
        if (more.length > 0) return { name, ...duplicateName() }
        try {
          return { name, ...(await this.#grow(wanted, options)) }
        } catch (error) {
          return { name, ...storeRefusal(error) }
        }
      }),
    )
  }

  async #create(topic: NewTopic, { validateOnly }: ValidateOption): Promise<CreateTopicResult> {
    const { name } = topic
    const plan = planTopic(topic, this.#context())
    if (isRefusal(plan)) return notCreated(name, plan)
    if (validateOnly) return created(name, ZERO_TOPIC_ID, plan)
    const topicId = randomTopicId(this.#options.random)
    const { configs } = plan
    const partitions = plan.replicas.map(replicas => this.#newPartition(replicas, configs))
    try {
      const creator = this.#options.self()
      const written = await this.#writer.create({ topicId, name, configs, creator, partitions })
      await this.#options.cache.reached(written.revision)
      return written.succeeded ? created(name, topicId, plan) : notCreated(name, topicExists(name))
    } catch (error) {
      return notCreated(name, storeRefusal(error))
    }
  }

  async #deleteById(topicId: string, ids: Tally): Promise<DeleteTopicResult> {
    if (ids.get(topicId)! > 1) return { name: null, topicId, ...invalidRequest('Duplicate topic id.') }
    const topic = this.#options.cache.current.topicById(topicId)
    if (topic === undefined) return { name: null, topicId, ...refusal(ErrorCode.UNKNOWN_TOPIC_ID) }
    return this.#delete(topic.name, topicId)
  }

  async #deleteByName(name: string, names: Tally, ids: Tally): Promise<DeleteTopicResult> {
    if (names.get(name)! > 1) return { name, topicId: ZERO_TOPIC_ID, ...duplicateName() }
    const topic = this.#options.cache.current.topic(name)
    if (topic === undefined) {
      return { name, topicId: ZERO_TOPIC_ID, ...refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) }
    }
    if (!ids.has(topic.id)) return this.#delete(name, topic.id)
    const refused = invalidRequest('The provided topic name maps to an ID that was already supplied.')
    return { name, topicId: topic.id, ...refused }
  }

  async #delete(name: string, topicId: string): Promise<DeleteTopicResult> {
    try {
      const written = await this.#writer.delete(name, topicId)
      await this.#options.cache.reached(written.revision)
      return { name, topicId, ...(written.succeeded ? DONE : refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)) }
    } catch (error) {
      return { name, topicId, ...storeRefusal(error) }
    }
  }

  async #grow(wanted: NewPartitions, { validateOnly }: ValidateOption): Promise<Refusal> {
    for (;;) {
      const topic = this.#options.cache.current.topic(wanted.name)
      if (topic === undefined) return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      const present = topic.partitions.length
      if (wanted.count - present > MAX_PARTITIONS_PER_REQUEST) return excessive()
      const plan = planPartitions(wanted, topic, this.#context())
      if (isRefusal(plan)) return plan
      if (validateOnly) return DONE
      const added = plan.map(replicas => this.#newPartition(replicas, topic.configs))
      const written = await this.#writer.grow(topic.id, present, added)
      await this.#options.cache.reached(written.revision)
      if (written.succeeded) return DONE
    }
  }

  #newPartition(replicas: readonly number[], configs: Readonly<Record<string, string>>): PartitionState {
    const { brokers } = this.#options.cache.current
    const running = new Map([...brokers].filter(([, broker]) => broker.state === 'running'))
    return newPartition(replicas, running, this.#options.rules.minInsyncReplicas(configs))
  }

  #context(): PlanContext {
    const { cache, random, rules } = this.#options
    return { image: cache.current, random, rules }
  }
}

const groupByName = <T extends { readonly name: string }>(entries: readonly T[]): Map<string, [T, ...T[]]> => {
  const groups = new Map<string, [T, ...T[]]>()
  for (const entry of entries) {
    const group = groups.get(entry.name)
    if (group === undefined) groups.set(entry.name, [entry])
    else group.push(entry)
  }
  return groups
}

const created = (name: string, topicId: string, plan: TopicPlan): CreateTopicResult => ({
  ...DONE,
  name,
  topicId,
  partitions: plan.replicas.length,
  replicationFactor: plan.replicas[0]!.length,
  configs: plan.configs,
})

const notCreated = (name: string, reason: Refusal): CreateTopicResult => ({
  ...reason,
  name,
  topicId: ZERO_TOPIC_ID,
  partitions: -1,
  replicationFactor: -1,
  configs: {},
})

const invalidReference = (name: string | null, topicId: string): Refusal | null => {
  if ((name === null) !== (topicId === ZERO_TOPIC_ID)) return null
  return invalidRequest(
    name === null ? 'Neither topic name nor id were specified.' : 'You may not specify both topic name and topic id.',
  )
}

type Tally = ReadonlyMap<string, number>

const tally = (values: readonly (string | null)[]): Tally => {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

const invalidRequest = (message: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, message)
const duplicateName = (): Refusal => invalidRequest('Duplicate topic name.')
const excessive = (): Refusal =>
  refusal(ErrorCode.POLICY_VIOLATION, 'Excessively large number of partitions per request.')
