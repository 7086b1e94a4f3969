import { EXPOSITION_TYPE } from '../../metrics/exposition'
import type { Collector } from '../../metrics/scrape'
import { type ScrapePace, scrape } from '../../metrics/scrape'
import type { BrokerStatus } from './broker-status'
import { type HttpRoute, plainText, READING } from './http-router'

/** Several monitors may come at once, but more than that would only slow each other down. */
const SCRAPES_MAX = 4

/** `/health/live`: the process answers. `/health/ready`: clients are served; otherwise 503 and why not. */
export const healthRoutes = (status: BrokerStatus): HttpRoute[] => [
  { methods: READING, path: '/health/live', answer: () => plainText(200, 'live') },
  {
    methods: READING,
    path: '/health/ready',
    answer: () => (status.reason === null ? plainText(200, 'ready') : plainText(503, status.reason)),
  },
]

/** `/metrics` for Prometheus. `collectors` is asked at each scrape: there are more of them when the broker is ready. */
export const metricsRoute = (collectors: () => Promise<readonly Collector[]>, pace: ScrapePace): HttpRoute => {
  let underWay = 0
  async function* counted() {
    underWay++
    try {
      yield* scrape(await collectors(), pace)
    } finally {
      underWay--
    }
  }
  return {
    methods: READING,
    path: '/metrics',
    answer: () =>
      underWay < SCRAPES_MAX
        ? { status: 200, contentType: EXPOSITION_TYPE, headers: { 'Cache-Control': 'no-store' }, body: counted() }
        : plainText(503, 'too many scrapes at the same time'),
  }
}
