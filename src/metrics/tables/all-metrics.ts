import type { Metric } from '../metric'
import { brokerMetrics } from './broker-metrics'
import { clusterMetrics } from './cluster-metrics'
import { coordinatorMetrics } from './coordinator-metrics'
import { logMetrics } from './log-metrics'
import { networkMetrics } from './network-metrics'
import { topicMetrics } from './topic-metrics'

/** Every metric of the broker, in the order in which they are written; those of the process are the library's. */
export const allMetrics: readonly Metric[] = [
  brokerMetrics,
  networkMetrics,
  topicMetrics,
  clusterMetrics,
  logMetrics,
  coordinatorMetrics,
].flatMap(table => Object.values<Metric>(table))
