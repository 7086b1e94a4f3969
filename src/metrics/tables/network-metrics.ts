import { metrics } from '../metric'

/** Connections and requests. */
export const networkMetrics = metrics({
  connections: {
    name: 'kafka_server_socketservermetrics_connections',
    type: 'gauge',
    labels: ['listener'],
    help: 'Connections that are open',
  },
  connectionsOpened: {
    name: 'kafka_server_socketservermetrics_connection_creation_total',
    type: 'counter',
    labels: ['listener'],
    help: 'Connections that were accepted',
  },
  connectionsRefused: {
    name: 'odradek_connections_refused_total',
    type: 'counter',
    labels: ['listener', 'limit'],
    help: 'Connections that were closed at once because of a limit, by the setting that holds it',
  },
  requests: {
    name: 'kafka_network_requestmetrics_requests_total',
    type: 'counter',
    labels: ['request', 'version'],
    help: 'Requests that were answered, or need no answer',
  },
  errors: {
    name: 'kafka_network_requestmetrics_errors_total',
    type: 'counter',
    labels: ['request', 'error'],
    help: 'Error codes in answers; one answer may hold many',
  },
  requestBytes: {
    name: 'kafka_network_requestmetrics_request_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['request'],
    help: 'Size of requests',
  },
  responseBytes: {
    name: 'kafka_network_requestmetrics_response_bytes_total',
    type: 'counter',
    unit: 'bytes',
    labels: ['request'],
    help: 'Size of answers',
  },
  requestSeconds: {
    name: 'kafka_network_requestmetrics_time_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['request', 'phase'],
    help: 'Time of requests by phase: queue (until started), local (handler at work), remote (waiting for the disk, replicas or records), throttle (client not listened to afterwards), send (behind earlier answers), total (all but throttle)',
  },
  refusedRequests: {
    name: 'odradek_requests_refused_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Connections that were closed because of what their client sent',
  },
  requestMemory: {
    name: 'odradek_request_memory_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Requests received and not yet answered (limit: queued.max.request.bytes)',
  },
})
