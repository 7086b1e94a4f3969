import type { CoordinatorRecord } from '../coordinator-shard'
import type { ClassicGroup } from './classic-group'
import type { ConsumerGroup } from './consumer/consumer-group'
import { consumerGroupTombstones } from './consumer/consumer-records'
import { groupTombstone } from './group-records'

/** The tombstones that end a group of either protocol. */
export const endOf = (group: ClassicGroup | ConsumerGroup): CoordinatorRecord[] =>
  group.type === 'consumer' ? consumerGroupTombstones(group) : [groupTombstone(group.groupId)]
