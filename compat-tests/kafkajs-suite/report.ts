import { whyFailed } from './known-tests'
import type { TestResult } from './test-result'

export type Verdict = TestResult['outcome'] | 'flaky'

export interface ReportedTest extends Omit<TestResult, 'outcome'> {
  readonly verdict: Verdict
  /** How often it passed; null when it was not run. */
  readonly passed: number | null
}

/** What came out of one run or several. */
export interface Report {
  readonly kafkajs: string
  readonly runs: number
  readonly tests: readonly ReportedTest[]
}

export const reportOf = (kafkajs: string, runs: readonly (readonly TestResult[])[]): Report => {
  const byTest = new Map<string, TestResult[]>()
  for (const result of runs.flat()) {
    const key = `${result.file}\n${result.name}`
    byTest.set(key, [...(byTest.get(key) ?? []), result])
  }
  return { kafkajs, runs: runs.length, tests: [...byTest.values()].map(results => reportedTest(results, runs.length)) }
}

/** A file as a whole is heard of only when it fails. */
const reportedTest = (results: readonly TestResult[], runs: number): ReportedTest => {
  const { file, name, outcome } = results[0]!
  const passed = results.filter(result => result.outcome === 'passed').length
  const failed = results.filter(result => result.outcome === 'failed').length
  const usesBroker = results.some(result => result.usesBroker)
  const seen = results.find(result => result.reason !== null)?.reason ?? null
  const reason = failed > 0 && name !== null ? (whyFailed(file, name) ?? seen) : seen
  const verdict = failed === 0 ? outcome : failed === runs ? 'failed' : 'flaky'
  return { file, name, verdict, passed: passed + failed === 0 ? null : passed, reason, usesBroker }
}

/** For people: what did not pass, with the reason, and how many of each. */
export const renderReport = ({ kafkajs, runs, tests }: Report): string => {
  const sections = (['not applicable', 'skipped', 'flaky', 'failed'] as const).map(verdict => {
    const those = tests.filter(test => test.verdict === verdict)
    return those.length === 0 ? [] : ['', `${those.length} ${verdict}:`, ...those.map(lineOf)]
  })
  const count = (verdict: Verdict) => tests.filter(test => test.verdict === verdict).length
  const withBroker = tests.filter(test => test.verdict === 'passed' && test.usesBroker).length
  const counts =
    `${count('passed')} passed (${withBroker} of them with the broker), ${count('failed')} failed, ` +
    `${count('flaky')} flaky, ${count('not applicable')} not applicable, ${count('skipped')} skipped by kafkajs`
  return [...sections.flat(), '', `kafkajs ${kafkajs}, ${runs === 1 ? 'one run' : `${runs} runs`}: ${counts}`].join(
    '\n',
  )
}

const lineOf = ({ file, name, reason }: ReportedTest): string =>
  `  ${file}: ${name ?? '(the file)'}${reason === null ? '' : `\n      ${firstLines(reason)}`}`

/** Messages of jest are long: what was expected and what came stand first. */
const firstLines = (reason: string): string =>
  reason
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(0, 4)
    .map(line => line.trim())
    .join('\n      ')
