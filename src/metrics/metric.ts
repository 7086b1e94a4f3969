/** One family of series as data; which there are is in `tables/`. */
export interface Metric {
  /** In the form of Prometheus: lower case, counters end in `_total`, sizes hold `bytes` and times `seconds`. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** What it tells, in one sentence without its full stop. */
  readonly help: string
  readonly unit?: 'bytes' | 'seconds'
  /** Names of the labels that its series may have; one with an empty value counts as absent. */
  readonly labels?: readonly string[]
}

/** Checks a table of metrics without hiding its keys. */
export const metrics = <const Table extends Readonly<Record<string, Metric>>>(table: Table): Table => table
