/** Topic id to the partitions of it, ascending and without duplicates; a topic without partitions is left out. */
export type TopicPartitions = ReadonlyMap<string, readonly number[]>

/** What an assignor knows of one member. */
export interface MemberSubscription {
  readonly memberId: string
  /** `group.instance.id` of a static member, null of a dynamic one. */
  readonly instanceId: string | null
  /** `client.rack` of the member, null without one. */
  readonly rackId: string | null
  /** Ids of the topics it subscribed to; those of other members only if they are in here too. */
  readonly topicIds: ReadonlySet<string>
  /** Its part of the target assignment so far; empty for a member that is new. */
  readonly assigned: TopicPartitions
}

export interface GroupSpec {
  readonly members: ReadonlyMap<string, MemberSubscription>
  /** Whether all members are subscribed to the same topics. */
  readonly homogeneous: boolean
}

/** The topics of the group as the metadata image has them. */
export interface SubscribedTopics {
  /** Number of partitions of the topic, -1 when there is no such topic. */
  partitionCount(topicId: string): number
  /** Racks that hold a replica of the partition; empty when no broker names one. */
  racks(topicId: string, partition: number): ReadonlySet<string>
}

/**
 * Computes the target assignment of a consumer group (KIP-848; Kafka's `ConsumerGroupPartitionAssignor`). A pure function: equal inputs
 * have equal results, whatever the order of the maps and sets it is given.
 */
export interface ServerAssignor {
  /** Name that clients choose it by: `group.remote.assignor`. */
  readonly name: string
  /**
   * Every member of the group has an entry in the result, possibly empty, and every partition of a topic that somebody is subscribed to
   * is in exactly one of them. A member whose partitions stay as they are has the very object that came as its `assigned`, so that one
   * comparison of references tells whether there is anything to write down. Topics that do not exist are passed over.
   */
  assign(group: GroupSpec, topics: SubscribedTopics): ReadonlyMap<string, TopicPartitions>
}
