import { hasSurprises, renderReport, reportOf } from '../../../compat-tests/kafkajs-suite/report'
import type { TestResult } from '../../../compat-tests/kafkajs-suite/test-result'

const result = (result: Partial<TestResult>): TestResult => ({
  file: 'src/producer/index.spec.js',
  name: 'sends',
  outcome: 'passed',
  reason: null,
  usesBroker: true,
  ...result,
})

const failure = result({ outcome: 'failed', reason: 'expected 1\n\n  received 2' })
const known = result({
  file: 'src/broker/__tests__/listOffsets.spec.js',
  name: 'v0 request',
  outcome: 'failed',
  reason: 'Closed',
})

test('a test that fails in some runs only is flaky, and says why it failed', () => {
  const report = reportOf('2.2.4', [[result({})], [failure], [result({})]])
  expect(report.tests).toEqual([expect.objectContaining({ verdict: 'flaky', reason: failure.reason })])
  expect(hasSurprises(report)).toBe(true)
})

test('a test that fails in all runs is failed', () => {
  const report = reportOf('2.2.4', [[failure], [failure]])
  expect(report.tests).toEqual([expect.objectContaining({ verdict: 'failed', isKnown: false })])
  expect(hasSurprises(report)).toBe(true)
})

test('a failure that is known is no surprise, and is told by what is known', () => {
  const report = reportOf('2.2.4', [[known]])
  expect(report.tests).toEqual([
    expect.objectContaining({ isKnown: true, reason: 'version 0 of ListOffsets went with Kafka 4' }),
  ])
  expect(hasSurprises(report)).toBe(false)
})

test('a failure of a file outside of its tests counts', () => {
  const report = reportOf('2.2.4', [
    [result({}), result({ name: null, outcome: 'failed', reason: 'SyntaxError' })],
    [result({})],
  ])
  expect(report.tests.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['sends', 'passed'],
    [null, 'flaky'],
  ])
})

test('people are told of all that did not pass, and how many of each there are', () => {
  const notApplicable = result({ name: 'encrypts', outcome: 'not applicable', reason: 'needs TLS', usesBroker: false })
  const unit = result({ name: 'adds', usesBroker: false })
  expect(renderReport(reportOf('2.2.4', [[result({}), unit, notApplicable, known]])).split('\n')).toEqual([
    '',
    '1 not applicable:',
    '  src/producer/index.spec.js: encrypts',
    '      needs TLS',
    '',
    '1 failed:',
    '  src/broker/__tests__/listOffsets.spec.js: v0 request',
    '      version 0 of ListOffsets went with Kafka 4',
    '',
    'kafkajs 2.2.4, one run: 2 passed (1 of them with the broker), 1 failed, 0 flaky, 1 not applicable, 0 skipped by kafkajs',
  ])
})
