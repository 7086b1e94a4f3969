import { ErrorCode } from '../../protocol/errors'
import type { Random } from '../io/random'
import type { ConfigOverrides } from './config-resource'
import type { BrokerImage, MetadataImage, TopicImage } from './metadata-image'
import { isRefusal, type Refusal, refusal } from './refusal'
import { assignedReplicas, assignmentRefusal } from './replica-assignment'
import { placeReplicas } from './replica-placement'
import { CLUSTER_METADATA_TOPIC, topicNameProblem } from './topic-name'
import type { NewPartitions, NewTopic } from './topic-request'

/** What the configuration knows about topics; called often, so it has to be cheap. */
export interface TopicConfigRules {
  /** Why a topic cannot have these settings, each and together (INVALID_CONFIG); null: it can. */
  validate(values: Readonly<Record<string, string | null>>): string | null
  /** The effective `min.insync.replicas` of a topic with these overrides. */
  minInsyncReplicas(overrides: ConfigOverrides): number
  /** For topics that do not say: `num.partitions` and `default.replication.factor`. */
  readonly defaultPartitions: number
  readonly defaultReplicationFactor: number
}

export interface PlanContext {
  readonly image: MetadataImage
  readonly random: Random
  readonly rules: TopicConfigRules
}

/** How a new topic is going to look. */
export interface TopicPlan {
  /** Replicas by partition, preferred leader first. */
  readonly replicas: readonly (readonly number[])[]
  readonly configs: ConfigOverrides
}

/** Checks a new topic in Kafka's order (ReplicationControlManager), so that of several mistakes the same one is told. */
export const planTopic = (topic: NewTopic, context: PlanContext): TopicPlan | Refusal => {
  const configs = nameRefusal(topic.name, context.image) ?? plannedConfigs(topic, context.rules)
  if (isRefusal(configs)) return configs
  const replicas =
    topic.assignments.length > 0 ? assignedReplicas(topic, context.image) : placedReplicas(topic, context)
  return isRefusal(replicas) ? replicas : { replicas, configs: configs.overrides }
}

/** The replicas of the partitions to add to a topic. */
export const planPartitions = (
  wanted: NewPartitions,
  topic: TopicImage,
  context: PlanContext,
): readonly (readonly number[])[] | Refusal => {
  const present = topic.partitions.length
  if (wanted.count === present) {
    return refusal(ErrorCode.INVALID_PARTITIONS, `Topic already has ${present} partition(s).`)
  }
  if (wanted.count < present) {
    return refusal(
      ErrorCode.INVALID_PARTITIONS,
      `The topic ${wanted.name} currently has ${present} partition(s); ${wanted.count} would not be an increase.`,
    )
  }
  const additional = wanted.count - present
  const replicationFactor = topic.partitions[0]!.replicas.length
  const { image, random } = context
  if (wanted.assignments === null) {
    return placeReplicas({ partitions: additional, replicationFactor, brokers: usableBrokers(image), random })
  }
  if (wanted.assignments.length !== additional) {
    return refusal(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `Attempted to add ${additional} additional partition(s), but only ${wanted.assignments.length} assignment(s) were specified.`,
    )
  }
  const refused = wanted.assignments
    .map((replicas, index) => assignmentRefusal({ replicas, partition: present + index, replicationFactor, image }))
    .find(problem => problem !== null)
  return refused ?? wanted.assignments
}

/** The number of partitions that a topic asks for; 0 when it asks for nonsense, which is told later. */
export const requestedPartitions = (topic: NewTopic, rules: TopicConfigRules): number => {
  if (topic.assignments.length > 0) return topic.assignments.length
  return topic.partitions === -1 ? rules.defaultPartitions : Math.max(topic.partitions, 0)
}

const usableBrokers = (image: MetadataImage): BrokerImage[] =>
  [...image.brokers.values()].filter(broker => broker.state === 'running')

const nameRefusal = (name: string, image: MetadataImage): Refusal | null => {
  if (name === CLUSTER_METADATA_TOPIC) {
    return refusal(ErrorCode.INVALID_REQUEST, `Creation of internal topic ${CLUSTER_METADATA_TOPIC} is prohibited.`)
  }
  const problem = topicNameProblem(name)
  if (problem !== null) return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, problem)
  if (image.topic(name) !== undefined) return topicExists(name)
  const other = image.collidingTopic(name)
  if (other === undefined) return null
  return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic '${name}' collides with existing topic: ${other.name}`)
}

export const topicExists = (name: string): Refusal =>
  refusal(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)

const plannedConfigs = (topic: NewTopic, rules: TopicConfigRules): { overrides: ConfigOverrides } | Refusal => {
  const values = Object.fromEntries(topic.configs.map(({ name, value }) => [name, value]))
  const problem = rules.validate(values)
  if (problem !== null) return refusal(ErrorCode.INVALID_CONFIG, problem)
  // No rule lets a setting without a value pass.
  return { overrides: values as ConfigOverrides }
}

const placedReplicas = (topic: NewTopic, context: PlanContext): readonly (readonly number[])[] | Refusal => {
  const { image, random, rules } = context
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    return refusal(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  }
  if (topic.partitions < -1 || topic.partitions === 0) {
    return refusal(ErrorCode.INVALID_PARTITIONS, 'Number of partitions was set to an invalid non-positive value.')
  }
  const partitions = requestedPartitions(topic, rules)
  const replicationFactor = topic.replicationFactor === -1 ? rules.defaultReplicationFactor : topic.replicationFactor
  const placed = placeReplicas({ partitions, replicationFactor, brokers: usableBrokers(image), random })
  if (!isRefusal(placed)) return placed
  return refusal(
    placed.errorCode,
    `Unable to replicate the partition ${replicationFactor} time(s): ${placed.errorMessage}`,
  )
}
