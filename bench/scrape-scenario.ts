import { freePort } from '../compat-tests/free-port'
import type { LaunchScenario } from './launch-scenarios'
import { BENCH_SETTINGS, withDirectory } from './launcher'
import type { LatencyResult } from './load/latency-load'
import { median } from './report'
import type { Figures } from './scenario'
import type { Target } from './target'

const PARTITIONS = 10_000
const WARM_UP_SCRAPES = 10
const SCRAPES = 30
/** More often than anybody would. */
const SCRAPE_INTERVAL_MS = 1_000
const LOAD = {
  kind: 'latency',
  messageBytes: 100,
  messagesPerSecond: 5_000,
  acks: -1,
  seconds: 10,
} as const

/** Milliseconds until the last byte is here. */
const scrape = async (url: string): Promise<number> => {
  const startedAt = performance.now()
  const text = await (await fetch(url)).text()
  if (!text.includes('kafka_log_log_logendoffset{')) throw new Error('the partitions are missing')
  return performance.now() - startedAt
}

/** Highest delays with and without somebody who scrapes all the time. */
const delays = async (target: Target, url: string): Promise<Figures> => {
  const load = () => target.withTopic(1, topic => target.run<LatencyResult>({ ...LOAD, topic }))
  const quiet = await load()
  const timer = setInterval(() => void scrape(url).catch(() => {}), SCRAPE_INTERVAL_MS)
  const scraped = await load()
  clearInterval(timer)
  return { 'p99.9': quiet.p999, 'p99.9 while scraped': scraped.p999 }
}

/** A Kafka has no endpoint of its own, so it is not measured. */
export const scrapeScenario: LaunchScenario = {
  name: '10,000 partitions, scraped',
  measure: launcher =>
    withDirectory(async directory => {
      if (launcher.name !== 'odradek')
        return { scrape: Number.NaN, 'p99.9': Number.NaN, 'p99.9 while scraped': Number.NaN }
      const port = await freePort()
      const broker = await launcher.launch(directory, { ...BENCH_SETTINGS, 'http.listeners': `127.0.0.1:${port}` })
      const url = `http://127.0.0.1:${port}/metrics`
      await broker.target.createTopic('many', PARTITIONS)
      const times: number[] = []
      for (let count = 0; count < WARM_UP_SCRAPES + SCRAPES; count++) times.push(await scrape(url))
      const figures = { scrape: median(times.slice(WARM_UP_SCRAPES)), ...(await delays(broker.target, url)) }
      await broker.stop()
      return figures
    }),
}
