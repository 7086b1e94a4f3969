/** The embedding API: a broker within this process. */
export type { BrokerListener, NewTopicOptions, RunningBroker, StartBrokerOptions } from './broker/start-broker'
export { startBroker } from './broker/start-broker'
export { ConfigError } from './config/config-error'
export type { LogFields, Logger } from './io/logger'
