import type { ShardTimers, Transition } from '../../coordinator-shard'
import type { ConsumerGroup } from './consumer-group'
import type { ConsumerMember } from './consumer-member'

/** What becomes of a member that lets a time go by; with an epoch: if it still is in that one. */
type Fence = (groupId: string, memberId: string, now: number, memberEpoch?: number) => Transition<void>

/** How long the members of consumer groups may take. Soft state: a coordinator that loads groups begins to count again. */
export class MemberTimers<Shard> {
  readonly #timers: ShardTimers<Shard>
  readonly #fence: Fence

  constructor(timers: ShardTimers<Shard>, fence: Fence) {
    this.#timers = timers
    this.#fence = fence
  }

  /** A sign of life: the session of a member begins anew. */
  expectHeartbeat(groupId: string, memberId: string, timeoutMs: number): void {
    if (!this.#timers.putOff(keyOf('member', groupId, memberId), timeoutMs)) {
      this.#set('member', groupId, memberId, timeoutMs)
    }
  }

  /** The member has to give partitions up: it has its rebalance timeout to leave this epoch for another one or another state. */
  expectRevocation(group: ConsumerGroup, { memberId, memberEpoch, rebalanceTimeoutMs }: ConsumerMember): void {
    const { groupId } = group
    this.#timers.set(keyOf('revoke', groupId, memberId), rebalanceTimeoutMs, (_shard, now) =>
      this.#fence(groupId, memberId, now, memberEpoch),
    )
  }

  revoked({ groupId }: ConsumerGroup, memberId: string): void {
    this.#timers.cancel(keyOf('revoke', groupId, memberId))
  }

  /** A member of the classic protocol was told to join again; the time does not begin anew when it is told so again. */
  expectJoin({ groupId, expectedJoins }: ConsumerGroup, { memberId, rebalanceTimeoutMs }: ConsumerMember): void {
    if (expectedJoins.has(memberId)) return
    expectedJoins.add(memberId)
    this.#set('rejoin', groupId, memberId, rebalanceTimeoutMs)
  }

  joined({ groupId, expectedJoins }: ConsumerGroup, memberId: string): void {
    expectedJoins.delete(memberId)
    this.#timers.cancel(keyOf('rejoin', groupId, memberId))
  }

  /** A member of the classic protocol has joined, and has to ask for its assignment. */
  expectSync({ groupId }: ConsumerGroup, memberId: string, timeoutMs: number): void {
    this.#set('resync', groupId, memberId, timeoutMs)
  }

  synced({ groupId }: ConsumerGroup, memberId: string): void {
    this.#timers.cancel(keyOf('resync', groupId, memberId))
  }

  /** The member is out. */
  cancel(groupId: string, memberId: string): void {
    for (const kind of ['member', 'revoke', 'rejoin', 'resync'] as const) {
      this.#timers.cancel(keyOf(kind, groupId, memberId))
    }
  }

  #set(kind: Kind, groupId: string, memberId: string, timeoutMs: number): void {
    this.#timers.set(keyOf(kind, groupId, memberId), timeoutMs, (_shard, now) => this.#fence(groupId, memberId, now))
  }
}

type Kind = 'member' | 'revoke' | 'rejoin' | 'resync'

/** The key of a session is that of the classic protocol: a member that changes its protocol has one session. */
const keyOf = (kind: Kind, groupId: string, memberId: string): string => `${kind} ${memberId} ${groupId}`
