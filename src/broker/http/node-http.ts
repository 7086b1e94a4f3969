import { NodeHttpServer } from '../../io/node/node-http-server'
import { processMetrics } from '../../metrics/process-metrics'
import type { BrokerHttp } from './observation'

/** Real sockets and this process. */
export const nodeHttp = (): BrokerHttp => ({ server: new NodeHttpServer(), processMetrics })
