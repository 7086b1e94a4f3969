import type { Collector } from '../../metrics/scrape'
import { brokerMetrics } from '../../metrics/tables/broker-metrics'
import type { BrokerStatus } from '../http/broker-status'
import { VERSION } from '../version'
import { writeSeries } from './series'

/** What can be told at any time, also while the logs are being recovered. */
export const brokerCollector = (status: BrokerStatus): Collector =>
  function* (out) {
    yield* writeSeries(out, brokerMetrics.build, [[1, VERSION, process.versions.node]])
    out.single(brokerMetrics.ready, status.reason === null ? 1 : 0)
  }
