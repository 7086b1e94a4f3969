import { errorName } from '../../../protocol/errors'
import { labelText } from '../../metrics/exposition'
import type { Collector } from '../../metrics/scrape'
import { networkMetrics as metrics } from '../../metrics/tables/network-metrics'
import { type NetworkFigures, REQUEST_PHASES } from '../../network/network-figures'
import type { SocketServer } from '../../network/socket-server'
import { writeSeries } from './series'

/** Connections and requests. */
export const networkCollector = (figures: NetworkFigures, server: SocketServer): Collector =>
  function* (out) {
    const listeners = [...figures.listeners]
    yield* writeSeries(
      out,
      metrics.connections,
      listeners.map(([name, { opened, closed }]) => [opened - closed, name]),
    )
    yield* writeSeries(
      out,
      metrics.connectionsOpened,
      listeners.map(([name, { opened }]) => [opened, name]),
    )
    yield* writeSeries(
      out,
      metrics.connectionsRefused,
      listeners.flatMap(([name, { refused }]) =>
        Array.from(refused, ([limit, count]) => [count, name, limit] as const),
      ),
    )
    yield* requests(figures, out)
    yield* writeSeries(
      out,
      metrics.refusedRequests,
      Array.from(figures.refusedRequests, ([reason, count]) => [count, reason] as const),
    )
    out.single(metrics.requestMemory, server.requestBytes)
  }

const requests = function* ({ apis }: NetworkFigures, out: Parameters<Collector>[0]): Iterable<void> {
  yield* writeSeries(
    out,
    metrics.requests,
    apis.flatMap(({ name, requests: counts }) =>
      counts.flatMap((count, version) => (count === 0 ? [] : [[count, name, version] as const])),
    ),
  )
  yield* writeSeries(
    out,
    metrics.errors,
    apis.flatMap(({ name, errors }) => Array.from(errors, ([code, count]) => [count, name, errorName(code)] as const)),
  )
  yield* writeSeries(
    out,
    metrics.requestBytes,
    apis.map(({ name, requestBytes }) => [requestBytes, name]),
  )
  yield* writeSeries(
    out,
    metrics.responseBytes,
    apis.map(({ name, responseBytes }) => [responseBytes, name]),
  )
  out.begin(metrics.requestSeconds)
  for (const { name, seconds } of apis) {
    for (const phase of REQUEST_PHASES) {
      out.histogram(seconds[phase], labelText(['request', name], ['phase', phase]))
      yield
    }
  }
}
