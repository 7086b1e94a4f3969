import type { Target } from './target'

/** Figures by name. */
export type Figures = Readonly<Record<string, number>>

export interface Scenario {
  readonly name: string
  readonly measure: (target: Target, seconds: number) => Promise<Figures>
}

/** What every figure is counted in, and whether more of it is better. */
export const UNITS: Readonly<Record<string, { readonly unit: string; readonly moreIsBetter: boolean }>> = {
  messages: { unit: 'msg/s', moreIsBetter: true },
  throughput: { unit: 'MiB/s', moreIsBetter: true },
  cpu: { unit: 'CPU s/GiB', moreIsBetter: false },
  p50: { unit: 'ms', moreIsBetter: false },
  p99: { unit: 'ms', moreIsBetter: false },
  'p99.9': { unit: 'ms', moreIsBetter: false },
  resident: { unit: 'MiB', moreIsBetter: false },
  start: { unit: 'ms', moreIsBetter: false },
  'idle cpu': { unit: 'ms/s', moreIsBetter: false },
  rebalance: { unit: 'ms', moreIsBetter: false },
  commits: { unit: '1/s', moreIsBetter: true },
  transactions: { unit: '1/s', moreIsBetter: true },
  load: { unit: 'ms', moreIsBetter: false },
  scrape: { unit: 'ms', moreIsBetter: false },
  'p99.9 while scraped': { unit: 'ms', moreIsBetter: false },
}
