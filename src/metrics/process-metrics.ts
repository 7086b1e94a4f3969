import type { Registry } from 'prom-client'

/** Milliseconds between two looks at the delay of the event loop; what is told is at least this. Each look wakes an idle process. */
const DELAY_RESOLUTION_MS = 50

/** Gauges that are named like counters; `nodejs_active_resources` tells the same. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

let registry: Promise<Registry> | null = null

/**
 * CPU, memory, descriptors, garbage collection and event loop of this process, in the text format of Prometheus. Counting begins with the
 * first call, which also loads the library. Brokers of one process share the figures, which are about all of it.
 */
export const processMetrics = async (): Promise<string> => {
  registry ??= load()
  return (await registry).metrics()
}

const load = async (): Promise<Registry> => {
  const { Registry, collectDefaultMetrics } = await import('prom-client')
  const register = new Registry()
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: DELAY_RESOLUTION_MS })
  for (const name of MISNAMED) register.removeSingleMetric(name)
  return register
}
