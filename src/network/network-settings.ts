import type { ConnectionLimits } from './connection-quotas'

/** The settings of the broker that this layer looks at, under Kafka's names. */
export interface NetworkSettings extends ConnectionLimits {
  /** `socket.request.max.bytes`: of one request; a larger one closes its connection. */
  readonly socketRequestMaxBytes: number
  /** `queued.max.request.bytes`: of all requests in memory; -1 for the broker's own default. */
  readonly queuedMaxRequestBytes: number
  /** `queued.max.requests`: in work for one connection. */
  readonly queuedMaxRequests: number
  /** `connections.max.idle.ms`: negative for ever. */
  readonly connectionsMaxIdleMs: number
  /** `socket.listen.backlog.size` */
  readonly socketListenBacklogSize: number
}
