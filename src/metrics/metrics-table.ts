import { allMetrics } from './tables/all-metrics'

/** All metrics with their types, labels and meaning, as Markdown. */
export const renderMetricsTable = (): string => {
  const rows = allMetrics.map(({ name, type, labels = [], help }) => {
    const cells = [`\`${name}\``, type, labels.map(label => `\`${label}\``).join(', '), `${help}.`]
    return `| ${cells.join(' | ')} |`
  })
  return ['| Metric | Type | Labels | What it tells |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}
