/** The consumer groups of a shard: what of `GroupShard` is about the consumer protocol, and about members of both protocols in one group. */
import { ErrorCode } from '../../../../protocol/errors'
import { CoordinatorFailure, type ShardTimers, type Transition } from '../../coordinator-shard'
import type { ClassicGroup } from '../classic-group'
import type { ClassicRebalance } from '../classic-rebalance'
import { ClassicMembership } from './classic-membership'
import { ConsumerGroup } from './consumer-group'
import { LEAVE_EPOCH, STATIC_LEAVE_EPOCH } from './consumer-member'
import { type ConsumerHeartbeatAnswer, ConsumerMembers } from './consumer-members'
import { type ConsumerGroupConfig, ConsumerRebalance } from './consumer-rebalance'
import { type ConsumerHeartbeat, checkHeartbeat } from './heartbeat-check'
import { MemberTimers } from './member-timers'
import { Migration, type MigrationSettings } from './migration'
import { serverAssignors } from './server-assignors'
import type { TopicMetadata } from './topic-metadata'

/** The settings of the broker that concern consumer groups; the names are those of `BrokerConfig`. */
export interface ConsumerGroupSettings extends MigrationSettings {
  readonly groupConsumerAssignors: readonly string[]
  readonly groupConsumerRegexRefreshIntervalMs: number
}

export interface ConsumerGroupsOptions<Shard> {
  readonly timers: ShardTimers<Shard>
  readonly topics: TopicMetadata
  readonly settings: () => ConsumerGroupSettings
  readonly configOf: (groupId: string) => ConsumerGroupConfig
  readonly newMemberId: () => string
  readonly classicRebalance: ClassicRebalance<Shard>
  readonly find: (groupId: string) => ClassicGroup | ConsumerGroup | undefined
  /** Takes the classic group, soft state included, of which the record is about to be replayed. */
  readonly handOver: (group: ClassicGroup) => void
}

export class ConsumerGroups<Shard> {
  readonly members: ConsumerMembers<Shard>
  readonly classicMembership: ClassicMembership<Shard>
  readonly #options: ConsumerGroupsOptions<Shard>
  readonly #migration: Migration<Shard>
  readonly #assignors = () => serverAssignors(this.#options.settings().groupConsumerAssignors)

  constructor(options: ConsumerGroupsOptions<Shard>) {
    this.#options = options
    const { timers, settings } = options
    const sizeMax = () => settings().groupConsumerMaxSize
    const memberTimers = new MemberTimers(timers, (groupId, memberId, now, memberEpoch) =>
      this.members.fence(this.#find(groupId), memberId, now, memberEpoch),
    )
    const migration = new Migration({ ...options, memberTimers })
    const rebalance = new ConsumerRebalance({
      ...options,
      memberTimers,
      assignors: this.#assignors,
      regexRefreshIntervalMs: () => settings().groupConsumerRegexRefreshIntervalMs,
      findGroup: groupId => this.#find(groupId),
    })
    const parts = { ...options, memberTimers, migration, rebalance, sizeMax }
    this.#migration = migration
    this.members = new ConsumerMembers(parts)
    this.classicMembership = new ClassicMembership({ ...parts, members: this.members })
  }

  get defaultAssignor(): string {
    return this.#assignors()[0]!.name
  }

  /** ConsumerGroupHeartbeat. @throws CoordinatorFailure with the code and message for the member */
  heartbeat(heartbeat: ConsumerHeartbeat, now: number): Transition<ConsumerHeartbeatAnswer> {
    const { groupId, memberEpoch } = heartbeat
    checkHeartbeat(heartbeat, this.#assignors)
    const known = this.#options.find(groupId)
    if (known?.type === 'consumer') {
      const isLeaving = memberEpoch === LEAVE_EPOCH || memberEpoch === STATIC_LEAVE_EPOCH
      if (isLeaving) return this.members.leave(known, heartbeat, now)
      return this.members.heartbeat({ group: known, records: [] }, heartbeat, now)
    }
    if (memberEpoch !== 0) throw notFound(known, heartbeat)
    if (!known) return this.members.heartbeat({ group: new ConsumerGroup(groupId), records: [] }, heartbeat, now)
    const transition = this.members.heartbeat(this.#migration.upgrade(known), heartbeat, now)
    this.#migration.leave(known)
    return transition
  }

  #find(groupId: string): ConsumerGroup | undefined {
    const group = this.#options.find(groupId)
    return group?.type === 'consumer' ? group : undefined
  }
}

const notFound = (known: ClassicGroup | undefined, { groupId, memberEpoch }: ConsumerHeartbeat): CoordinatorFailure => {
  const noun = memberEpoch > 0 ? 'Consumer group' : 'Group'
  const message = known ? `Group ${groupId} is not a consumer group.` : `${noun} ${groupId} not found.`
  return new CoordinatorFailure(ErrorCode.GROUP_ID_NOT_FOUND, message)
}
