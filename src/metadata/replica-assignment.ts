import { ErrorCode } from '../../protocol/errors'
import type { MetadataImage } from './metadata-image'
import { type Refusal, refusal } from './refusal'
import type { NewTopic } from './topic-request'

/** The replicas of a topic whose creator assigned them, by partition, or what Kafka has against the assignment. */
export const assignedReplicas = (topic: NewTopic, image: MetadataImage): readonly (readonly number[])[] | Refusal => {
  if (topic.replicationFactor !== -1) return mixedWith('replication factor')
  if (topic.partitions !== -1) return mixedWith('numPartitions')
  const byPartition = new Map<number, readonly number[]>()
  const replicationFactor = topic.assignments[0]!.replicas.length
  for (const { partition, replicas } of topic.assignments) {
    if (byPartition.has(partition)) {
      return invalid(`Found multiple manual partition assignments for partition ${partition}`)
    }
    const problem = assignmentRefusal({ replicas, partition, replicationFactor, image })
    if (problem !== null) return problem
    byPartition.set(partition, replicas)
  }
  const replicas = Array.from({ length: byPartition.size }, (_, partition) => byPartition.get(partition))
  return isComplete(replicas) ? replicas : invalid('partitions should be a consecutive 0-based integer sequence')
}

export interface Assignment {
  readonly replicas: readonly number[]
  readonly partition: number
  /** The number of replicas of the topic's other partitions. */
  readonly replicationFactor: number
  readonly image: MetadataImage
}

/** INVALID_REPLICA_ASSIGNMENT with Kafka's message, or null when a partition can have these replicas. */
export const assignmentRefusal = (assignment: Assignment): Refusal | null => {
  const { replicas, partition, replicationFactor, image } = assignment
  if (replicas.length === 0) return invalid('The manual partition assignment includes an empty replica list.')
  const sorted = replicas.toSorted((left, right) => left - right)
  for (const [index, id] of sorted.entries()) {
    if (!image.brokers.has(id)) {
      return invalid(`The manual partition assignment includes broker ${id}, but no such broker is registered.`)
    }
    if (id === sorted[index - 1]) {
      return invalid(`The manual partition assignment includes the broker ${id} more than once.`)
    }
  }
  if (replicas.length !== replicationFactor) {
    return invalid(
      `The manual partition assignment includes a partition with ${replicas.length} replica(s), but this is not ` +
        `consistent with previous partitions, which have ${replicationFactor} replica(s).`,
    )
  }
  if (replicas.some(id => image.brokers.get(id)!.state === 'running')) return null
  return invalid(
    `All brokers specified in the manual partition assignment for partition ${partition} are fenced or in controlled shutdown.`,
  )
}

const mixedWith = (setting: string): Refusal =>
  refusal(ErrorCode.INVALID_REQUEST, `A manual partition assignment was specified, but ${setting} was not set to -1.`)

const invalid = (message: string): Refusal => refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)

const isComplete = <T>(values: readonly (T | undefined)[]): values is readonly T[] => !values.includes(undefined)
