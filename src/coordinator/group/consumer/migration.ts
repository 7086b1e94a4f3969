/**
 * A group changes its protocol while it lives (KIP-848): a classic group of consumers becomes a consumer group with the first member that
 * speaks the consumer protocol, and a classic one again when the last of these leaves.
 */
import { ErrorCode } from '../../../../protocol/errors'
import { MalformedMessage } from '../../../../protocol/wire/malformed-message'
import { CoordinatorFailure, type CoordinatorRecord, type Transition } from '../../coordinator-shard'
import type { TopicPartitions } from '../assignor/server-assignor'
import { ClassicGroup } from '../classic-group'
import { ClassicMember } from '../classic-member'
import type { ClassicRebalance } from '../classic-rebalance'
import {
  CONSUMER,
  decodeAssignment,
  decodeSubscription,
  embeddedVersionOf,
  encodeAssignment,
} from '../embedded-protocol'
import { groupMetadataRecord, groupTombstone } from '../group-records'
import { ConsumerGroup } from './consumer-group'
import { type AssignedPartitions, type ConsumerMember, MemberState, newMember } from './consumer-member'
import { consumerGroupRecords, consumerGroupTombstones } from './consumer-records'
import type { MemberTimers } from './member-timers'
import type { TopicMetadata } from './topic-metadata'

/** `group.consumer.migration.policy` and what else limits a change. */
export interface MigrationSettings {
  readonly groupConsumerMigrationPolicy: string
  readonly groupConsumerMaxSize: number
  readonly groupMaxSize: number
}

export interface MigrationOptions<Shard> {
  readonly settings: () => MigrationSettings
  readonly topics: TopicMetadata
  readonly memberTimers: MemberTimers<Shard>
  readonly classicRebalance: ClassicRebalance<Shard>
  /** Takes the classic group, soft state included, of which the record is about to be replayed. */
  readonly handOver: (group: ClassicGroup) => void
}

export class Migration<Shard> {
  readonly #options: MigrationOptions<Shard>

  constructor(options: MigrationOptions<Shard>) {
    this.#options = options
  }

  /** Whether members of the classic protocol may be in a consumer group. */
  get isMixingAllowed(): boolean {
    return this.#policy !== 'disabled'
  }

  /** The consumer group that a classic group would become. @throws CoordinatorFailure GROUP_ID_NOT_FOUND */
  upgrade(classic: ClassicGroup): { group: ConsumerGroup; records: CoordinatorRecord[] } {
    const tombstone = groupTombstone(classic.groupId)
    if (classic.is('Empty')) return { group: new ConsumerGroup(classic.groupId), records: [tombstone] }
    this.#checkUpgrade(classic)
    const group = this.#consumerGroupOf(classic)
    return { group, records: [tombstone, ...consumerGroupRecords(group)] }
  }

  /** The classic group has become a consumer group: whoever waits is told to join again, and sessions go on there. */
  leave(classic: ClassicGroup): void {
    const { classicRebalance, memberTimers } = this.#options
    classicRebalance.abandon(classic, ErrorCode.REBALANCE_IN_PROGRESS)
    for (const { memberId, sessionTimeoutMs } of classic.members.values()) {
      memberTimers.expectHeartbeat(classic.groupId, memberId, sessionTimeoutMs)
    }
  }

  /** Whether the group has to be a classic one when these leave. */
  mustDowngradeWithout(group: ConsumerGroup, leaving: readonly ConsumerMember[]): boolean {
    const classicLeaving = leaving.filter(({ classic }) => classic).length
    const left = group.members.size - leaving.length
    return left > 0 && group.classicMemberCount - classicLeaving === left && this.#mayDowngrade(left)
  }

  /** Whether the group has to be a classic one when this member speaks the classic protocol from now on. */
  mustDowngradeWhenClassic(group: ConsumerGroup, member: ConsumerMember): boolean {
    const { size } = group.members
    return !member.classic && group.classicMemberCount === size - 1 && this.#mayDowngrade(size)
  }

  downgradeWithout(group: ConsumerGroup, leaving: readonly ConsumerMember[], now: number): Transition<void> {
    const left = [...group.members.values()].filter(member => !leaving.includes(member))
    return { records: this.downgrade(group, left, true, now), response: undefined }
  }

  /** The records that make a classic group of these members, who have to join again when `mustRebalance`. */
  downgrade(
    group: ConsumerGroup,
    members: readonly ConsumerMember[],
    mustRebalance: boolean,
    now: number,
  ): CoordinatorRecord[] {
    const { classicRebalance, memberTimers, handOver } = this.#options
    for (const { memberId } of group.members.values()) memberTimers.cancel(group.groupId, memberId)
    const classic = this.#classicGroupOf(group, members, now)
    const records = [...consumerGroupTombstones(group), groupMetadataRecord(classic)]
    for (const member of classic.members.values()) classicRebalance.expectHeartbeat(classic, member)
    if (mustRebalance) classicRebalance.prepare(classic, now)
    handOver(classic)
    return records
  }

  get #policy(): string {
    return this.#options.settings().groupConsumerMigrationPolicy.toLowerCase()
  }

  #mayDowngrade(size: number): boolean {
    return ['bidirectional', 'downgrade'].includes(this.#policy) && size <= this.#options.settings().groupMaxSize
  }

  #checkUpgrade(classic: ClassicGroup): void {
    if (!['bidirectional', 'upgrade'].includes(this.#policy)) throw refusal(classic, 'online upgrade is disabled')
    if (classic.protocolType !== CONSUMER) {
      throw refusal(classic, 'the group does not use the consumer embedded protocol')
    }
    if (classic.members.size > this.#options.settings().groupConsumerMaxSize) {
      throw refusal(classic, 'the group size exceeds the consumer group maximum size')
    }
  }

  #consumerGroupOf(classic: ClassicGroup): ConsumerGroup {
    const { generationId } = classic
    const group = new ConsumerGroup(classic.groupId)
    group.groupEpoch = generationId
    group.assignmentEpoch = generationId
    try {
      for (const member of classic.members.values()) {
        const upgraded = this.#upgraded(member, classic)
        group.putMember(upgraded)
        group.targets.set(member.memberId, targetOf(upgraded.assigned))
      }
    } catch (error) {
      if (error instanceof MalformedMessage) throw refusal(classic, 'the embedded consumer protocol is malformed')
      throw error
    }
    group.metadataHash = this.#options.topics.hashOf(group.subscriptions.topics())
    return group
  }

  #upgraded(member: ClassicMember, classic: ClassicGroup): ConsumerMember {
    const { generationId } = classic
    const protocol = classic.protocolName ?? classic.electProtocol()
    const subscription = decodeSubscription(member.metadataFor(protocol))
    return {
      ...newMember(member.memberId),
      memberEpoch: generationId,
      previousMemberEpoch: generationId,
      state: MemberState.STABLE,
      instanceId: member.groupInstanceId,
      rackId: subscription.rackId || null,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: new Set(subscription.topics),
      assigned: this.#assignedTo(member, classic),
      classic: { sessionTimeoutMs: member.sessionTimeoutMs, protocols: member.protocols },
    }
  }

  #assignedTo({ assignment }: ClassicMember, classic: ClassicGroup): AssignedPartitions {
    const assigned = new Map<string, Map<number, number>>()
    if (assignment.length === 0) return assigned
    const { assignedPartitions, userData } = decodeAssignment(assignment)
    if (userData !== null && userData.length > 0) {
      const advice =
        'Please refer to the documentation or switch to a default assignor before re-attempting the upgrade'
      throw refusal(classic, `an unsupported custom assignor is in use. ${advice}`)
    }
    for (const { topic, partitions } of assignedPartitions) {
      const id = this.#options.topics.image.topic(topic)?.id
      if (id !== undefined && partitions.length > 0) {
        assigned.set(id, new Map(partitions.map(partition => [partition, classic.generationId])))
      }
    }
    return assigned
  }

  #classicGroupOf(group: ConsumerGroup, members: readonly ConsumerMember[], now: number): ClassicGroup {
    const classic = new ClassicGroup(group.groupId, now)
    classic.generationId = group.groupEpoch
    classic.protocolType = CONSUMER
    for (const member of members) {
      const { memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs } = member
      const { sessionTimeoutMs, protocols } = member.classic!
      const joined = {
        groupInstanceId: instanceId,
        clientId,
        clientHost,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        protocols,
      }
      classic.add(new ClassicMember(memberId, joined))
    }
    classic.protocolName = classic.electProtocol()
    for (const member of classic.members.values()) {
      const version = embeddedVersionOf(member.metadataFor(classic.protocolName))
      member.assignment = encodeAssignment(this.embedded(group.target(member.memberId)), version)
    }
    classic.enter('Stable', now)
    return classic
  }

  /** Partitions by the names of their topics, of those that exist. */
  embedded(partitions: TopicPartitions) {
    const { image } = this.#options.topics
    return {
      assignedPartitions: Array.from(partitions).flatMap(([topicId, of]) => {
        const topic = image.topicById(topicId)?.name
        return topic === undefined ? [] : [{ topic, partitions: of }]
      }),
    }
  }
}

/** The partitions without their epochs. */
export const targetOf = (assigned: AssignedPartitions): TopicPartitions =>
  new Map(Array.from(assigned, ([topicId, epochs]) => [topicId, [...epochs.keys()].sort((a, b) => a - b)]))

const refusal = ({ groupId }: ClassicGroup, reason: string): CoordinatorFailure =>
  new CoordinatorFailure(
    ErrorCode.GROUP_ID_NOT_FOUND,
    `Cannot upgrade classic group ${groupId} to consumer group because ${reason}.`,
  )
