/** What nobody needs any more of groups and their offsets (KIP-211). */
import type { CoordinatorRecord } from '../coordinator-shard'
import type { ClassicGroup } from './classic-group'
import type { ConsumerGroup } from './consumer/consumer-group'
import { endOf } from './group-end'
import type { GroupOffsets } from './group-offsets'
import { type CommittedOffset, offsetTombstone } from './group-records'
import { hasConsumers, subscriptionOf } from './subscribed-topics'

/**
 * Tombstones for offsets that were kept longer than `retentionMs`, and for a group that is left with nothing. The retention begins when the
 * group becomes empty; of a consumer group, of a group that was never joined, and of topics that its consumers do not read, with the commit.
 */
export const expiredRecords = (
  group: ClassicGroup | ConsumerGroup,
  offsets: GroupOffsets,
  retentionMs: number,
  now: number,
): CoordinatorRecord[] => {
  const since = startOfRetention(group)
  const committed = offsets.ofGroup(group.groupId)
  const isRead = committed && since ? subscriptionOf(group) : () => true
  const records: CoordinatorRecord[] = []
  let left = 0
  for (const [topic, partitions] of committed ?? []) {
    for (const [partition, offset] of partitions) {
      const isExpired =
        since !== null &&
        now >= (offset.expireTimestamp >= 0 ? offset.expireTimestamp : since(offset) + retentionMs) &&
        !isRead(topic) &&
        !offsets.isPending(group.groupId, topic, partition)
      if (isExpired) records.push(offsetTombstone(group.groupId, topic, partition))
      else left++
    }
  }
  const isAwaited = group.type === 'classic' && group.pendingMembers.size > 0
  const isOver = group.state === 'Empty' && left === 0 && !isAwaited && !offsets.hasPending(group.groupId)
  if (isOver) records.push(...endOf(group))
  return records
}

/** Null while nothing of the group expires. */
const startOfRetention = (group: ClassicGroup | ConsumerGroup): ((offset: CommittedOffset) => number) | null => {
  const sinceCommit = ({ commitTimestamp }: CommittedOffset) => commitTimestamp
  if (group.type === 'consumer' || group.isSimple) return sinceCommit
  if (group.is('Empty')) return group.stateSince < 0 ? sinceCommit : () => group.stateSince
  return hasConsumers(group) && group.is('Stable') ? sinceCommit : null
}
