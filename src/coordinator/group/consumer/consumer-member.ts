import { isDeepStrictEqual } from 'node:util'
import type { MemberProtocol } from '../classic-member'

/** Where a member is on its way to its target assignment (Kafka: MemberState; the values are in the log). */
export const MemberState = {
  /** It has what the target assignment of its epoch gives it. */
  STABLE: 0,
  /** It has to give partitions up, and has not confirmed that yet. */
  UNREVOKED_PARTITIONS: 1,
  /** It waits for partitions that others have not given up yet. */
  UNRELEASED_PARTITIONS: 2,
} as const

/** Topic id to partitions, each with the epoch in which the member got it (KIP-1251). */
export type AssignedPartitions = ReadonlyMap<string, ReadonlyMap<number, number>>

/** What a member of the classic protocol brought along when it joined. */
export interface ClassicMembership {
  readonly sessionTimeoutMs: number
  readonly protocols: readonly MemberProtocol[]
}

/** A member of a consumer group. Immutable: each record makes another one. */
export interface ConsumerMember {
  readonly memberId: string
  /** 0: it has just joined. -1: it is being removed. -2: a static member that is away. */
  readonly memberEpoch: number
  readonly previousMemberEpoch: number
  /** A `MemberState`, or a value of a later Kafka. */
  readonly state: number
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly rebalanceTimeoutMs: number
  readonly clientId: string
  readonly clientHost: string
  readonly subscribedTopicNames: ReadonlySet<string>
  /** Empty or null: none. */
  readonly subscribedTopicRegex: string | null
  readonly serverAssignor: string | null
  readonly assigned: AssignedPartitions
  readonly pendingRevocation: AssignedPartitions
  /** Null: it speaks the consumer protocol. */
  readonly classic: ClassicMembership | null
}

/** Epoch of a member that leaves for good. */
export const LEAVE_EPOCH = -1
/** Epoch of a static member that leaves for a while. */
export const STATIC_LEAVE_EPOCH = -2

export const NO_PARTITIONS: AssignedPartitions = new Map()

export const newMember = (memberId: string): ConsumerMember => ({
  memberId,
  memberEpoch: 0,
  previousMemberEpoch: -1,
  state: MemberState.STABLE,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: -1,
  clientId: '',
  clientHost: '',
  subscribedTopicNames: new Set(),
  subscribedTopicRegex: '',
  serverAssignor: null,
  assigned: NO_PARTITIONS,
  pendingRevocation: NO_PARTITIONS,
  classic: null,
})

/** The member with what is different; the very same object when nothing is. */
export const changed = (member: ConsumerMember, changes: Partial<ConsumerMember>): ConsumerMember => {
  for (const key of Object.keys(changes) as (keyof ConsumerMember)[]) {
    const isSame = member[key] === changes[key] || isDeepStrictEqual(member[key], changes[key])
    if (!isSame) return { ...member, ...changes }
  }
  return member
}

/** The pattern that the member subscribes to; null: none. */
export const regexOf = ({ subscribedTopicRegex }: ConsumerMember): string | null => subscribedTopicRegex || null

/** Whether the member has all that the target assignment of this epoch gives it. */
export const isReconciledTo = ({ state, memberEpoch }: ConsumerMember, assignmentEpoch: number): boolean =>
  state === MemberState.STABLE && memberEpoch === assignmentEpoch

/** The epoch since which the member has a partition, also while it gives it up; undefined when it has not got it. */
export const assignmentEpochOf = (
  { assigned, pendingRevocation }: ConsumerMember,
  topicId: string,
  partition: number,
): number | undefined => assigned.get(topicId)?.get(partition) ?? pendingRevocation.get(topicId)?.get(partition)
