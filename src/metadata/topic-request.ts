import type { Refusal } from './refusal'

/** A topic to create, as CreateTopics describes it. */
export interface NewTopic {
  readonly name: string
  /** -1: the default, or taken from `assignments`. */
  readonly partitions: number
  /** -1: the default, or taken from `assignments`. */
  readonly replicationFactor: number
  /** Replicas per partition, preferred leader first; empty: the broker chooses. */
  readonly assignments: readonly { readonly partition: number; readonly replicas: readonly number[] }[]
  /** Settings in the order given, the last one of a name counts; a null value is an error. */
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/** An expected outcome: errorCode 0 and a null message on success. */
export interface TopicResult extends Refusal {
  readonly name: string
}

export interface CreateTopicResult extends TopicResult {
  /** `ZERO_TOPIC_ID` on errors and with validateOnly. */
  readonly topicId: string
  /** -1 on errors. */
  readonly partitions: number
  /** -1 on errors. */
  readonly replicationFactor: number
  /** The overrides stored with the topic. */
  readonly configs: Readonly<Record<string, string>>
}

/** Names a topic to delete by exactly one of both. */
export interface TopicReference {
  readonly name: string | null
  /** `ZERO_TOPIC_ID` when the name is given. */
  readonly topicId: string
}

export interface DeleteTopicResult extends Refusal {
  /** Null when only an unknown id was given. */
  readonly name: string | null
  readonly topicId: string
}

export interface NewPartitions {
  readonly name: string
  /** The total after the change. */
  readonly count: number
  /** Replicas of each added partition; null: the broker chooses. */
  readonly assignments: readonly (readonly number[])[] | null
}

export interface ValidateOption {
  /** Check everything and change nothing. */
  readonly validateOnly: boolean
}
