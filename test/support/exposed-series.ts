/** The series of a text of metrics: `name{label="value"}` -> value. */
export const exposedSeries = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => {
        const at = line.lastIndexOf(' ')
        return [line.slice(0, at), Number(line.slice(at + 1).replace('Inf', 'Infinity'))] as const
      }),
  )

/** The series that belong to a metric, without those of value 0. */
export const seriesOf = (text: string, metric: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...exposedSeries(text)]
      .filter(([series, value]) => (series === metric || series.startsWith(`${metric}{`)) && value !== 0)
      .map(([series, value]) => [series.slice(metric.length), value]),
  )
