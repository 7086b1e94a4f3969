/** A topic to create, as CreateTopics describes it. */
export interface NewTopic {
  readonly name: string
  /** -1: the default, or taken from `assignments`. */
  readonly partitions: number
  /** -1: the default, or taken from `assignments`. */
  readonly replicationFactor: number
  /** Replicas per partition, preferred leader first; empty: the broker chooses. */
  readonly assignments: readonly { readonly partition: number; readonly replicas: readonly number[] }[]
  /** Settings in the order given; a null value is an error. */
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/** An expected outcome: errorCode 0 and a null message on success. */
export interface TopicResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly name: string
}

export interface CreateTopicResult extends TopicResult {
  /** ZERO_TOPIC_ID on errors and with validateOnly. */
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
  readonly topicId: string
}

export interface DeleteTopicResult {
  readonly errorCode: number
  readonly errorMessage: string | null
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

/** Creates, grows and deletes topics. Every answer comes when the change is visible in this broker's image. */
export declare class TopicAdmin {
  /** One result per topic, in order; a name given twice fails each of its entries. */
  createTopics(
    topics: readonly NewTopic[],
    options: { readonly validateOnly: boolean },
  ): Promise<readonly CreateTopicResult[]>
  deleteTopics(topics: readonly TopicReference[]): Promise<readonly DeleteTopicResult[]>
  createPartitions(
    topics: readonly NewPartitions[],
    options: { readonly validateOnly: boolean },
  ): Promise<readonly TopicResult[]>
  /** Creates an internal topic (`__consumer_offsets` ...) unless it is there; TOPIC_ALREADY_EXISTS counts as success. */
  createInternalTopic(topic: NewTopic): Promise<CreateTopicResult>
}
