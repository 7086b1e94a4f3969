import { metrics } from '../metric'

/** Consumer groups, transactions, and the coordinators of both. */
export const coordinatorMetrics = metrics({
  groupsByState: {
    name: 'kafka_coordinator_group_groups',
    type: 'gauge',
    labels: ['state'],
    help: 'Consumer groups that this broker coordinates',
  },
  groupState: {
    name: 'odradek_consumergroup_state',
    type: 'gauge',
    labels: ['consumergroup', 'state'],
    help: '1 for the state that a consumer group is in',
  },
  groupMembers: {
    name: 'kafka_consumergroup_members',
    type: 'gauge',
    labels: ['consumergroup'],
    help: 'Members of a consumer group',
  },
  groupLagSum: {
    name: 'kafka_consumergroup_lag_sum',
    type: 'gauge',
    labels: ['consumergroup', 'topic'],
    help: 'Records that a consumer group has still to read of a topic: from its committed offsets to the high watermarks',
  },
  groupOffsetSum: {
    name: 'kafka_consumergroup_current_offset_sum',
    type: 'gauge',
    labels: ['consumergroup', 'topic'],
    help: 'Sum of the offsets that a consumer group has committed for a topic',
  },
  groupLag: {
    name: 'kafka_consumergroup_lag',
    type: 'gauge',
    labels: ['consumergroup', 'topic', 'partition'],
    help: 'Records that a consumer group has still to read of a partition',
  },
  groupOffset: {
    name: 'kafka_consumergroup_current_offset',
    type: 'gauge',
    labels: ['consumergroup', 'topic', 'partition'],
    help: 'Offset that a consumer group has committed',
  },
  transactionsByState: {
    name: 'odradek_transactions',
    type: 'gauge',
    labels: ['state'],
    help: 'Transactional ids that this broker coordinates; Ongoing are open transactions',
  },
  transactionsEnded: {
    name: 'odradek_transactions_ended_total',
    type: 'counter',
    labels: ['result'],
    help: 'Transactions that were committed or aborted in all of their partitions',
  },
  transactionsTimedOut: {
    name: 'odradek_transactions_timed_out_total',
    type: 'counter',
    help: 'Transactions that were aborted because their producer was silent for too long',
  },
  shards: {
    name: 'odradek_coordinator_partitions',
    type: 'gauge',
    labels: ['coordinator', 'state'],
    help: 'Partitions of the internal topic of a coordinator: ready to be asked, or still loading (or failed)',
  },
  loadSeconds: {
    name: 'odradek_coordinator_load_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['coordinator'],
    help: 'Time to load a partition of the internal topic of a coordinator',
  },
  failedLoads: {
    name: 'odradek_coordinator_failed_loads_total',
    type: 'counter',
    labels: ['coordinator'],
    help: 'Loads of a partition of the internal topic of a coordinator that failed',
  },
})
