import { allMetrics } from '../../src/metrics/tables/all-metrics'

test('no name is given twice', () => {
  const names = allMetrics.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test.each(allMetrics.map(metric => [metric.name, metric] as const))('%s keeps the conventions', (name, metric) => {
  expect(name).toMatch(/^(kafka|odradek)_[a-z0-9_]+$/)
  expect(name.endsWith('_total')).toBe(metric.type === 'counter')
  expect(metric.help).toMatch(/^[A-Z0-9].*[^.]$/)
  if (metric.unit === undefined) expect(name).not.toMatch(/bytes|seconds|_ms(_|$)|milli/)
  else expect(name).toContain(metric.unit)
  for (const label of metric.labels ?? []) expect(label).toMatch(/^[a-z]+$/)
  expect(metric.labels ?? []).not.toContain('le')
})
