import type { BrokerConfig } from '../../config/broker-config'

/** How many series there may be of what clients can make as many of as they like. */
export interface SeriesLimits {
  readonly topicsMax: number
  readonly partitionsMax: number
  readonly groupsMax: number
}

export const seriesLimits = (config: BrokerConfig): SeriesLimits => ({
  topicsMax: config.metricsTopicsMax,
  partitionsMax: config.metricsPartitionsMax,
  groupsMax: config.metricsGroupsMax,
})
