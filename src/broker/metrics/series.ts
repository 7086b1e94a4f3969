import type { Exposition } from '../../metrics/exposition'
import { type LabelValue, labelText } from '../../metrics/exposition'
import type { Metric } from '../../metrics/metric'
import { inSteps } from '../../metrics/scrape'

/** A value with those of its labels, in the order of the metric's. */
export type Row = readonly [value: number, ...labels: readonly LabelValue[]]

/** Writes one series for each row; may be interrupted after each. */
export function* writeSeries(out: Exposition, metric: Metric, rows: Iterable<Row>): Iterable<void> {
  const names = metric.labels ?? []
  out.begin(metric)
  yield* inSteps(rows, ([value, ...values]) => {
    out.sample(value, labelText(...values.map((label, index) => [names[index]!, label] as const)))
  })
}
