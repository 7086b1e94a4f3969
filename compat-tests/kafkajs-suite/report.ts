import { whyFailed } from './known-tests'
import type { TestResult } from './test-result'

export type Verdict = TestResult['outcome'] | 'flaky'

export interface ReportedTest extends Omit<TestResult, 'outcome'> {
  readonly verdict: Verdict
  /** Whether it is known that it fails, and why: no surprise. */
  readonly isKnown: boolean
}

/** What came out of one run or several. */
export interface Report {
  /** The version. */
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

const reportedTest = (results: readonly TestResult[], runs: number): ReportedTest => {
  const { file, name, outcome } = results[0]!
  const failures = results.filter(result => result.outcome === 'failed')
  // A file as a whole is heard of only when it fails.
  const verdict = failures.length === 0 ? outcome : failures.length === runs ? 'failed' : 'flaky'
  const known = verdict === 'failed' && name !== null ? whyFailed(file, name) : null
  const reason = known ?? (failures[0] ?? results[0]!).reason
  return { file, name, verdict, reason, isKnown: known !== null, usesBroker: results.some(result => result.usesBroker) }
}

/** Whether anything came out that is not known. */
export const hasSurprises = ({ tests }: Report): boolean =>
  tests.some(({ verdict, isKnown }) => verdict === 'flaky' || (verdict === 'failed' && !isKnown))

/** For people: what did not pass, with the reason, and how many of each. */
export const renderReport = (report: Report): string => {
  const sections = (['not applicable', 'skipped', 'flaky', 'failed'] as const).map(verdict => {
    const those = report.tests.filter(test => test.verdict === verdict)
    return those.length === 0 ? [] : ['', `${those.length} ${verdict}:`, ...those.map(lineOf)]
  })
  return [...sections.flat(), '', summaryOf(report)].join('\n')
}

/** In one line: how many of each. */
export const summaryOf = ({ kafkajs, runs, tests }: Report): string => {
  const count = (verdict: Verdict) => tests.filter(test => test.verdict === verdict).length
  const withBroker = tests.filter(test => test.verdict === 'passed' && test.usesBroker).length
  const counts = [
    `${count('passed')} passed (${withBroker} of them with the broker)`,
    `${count('failed')} failed`,
    `${count('flaky')} flaky`,
    `${count('not applicable')} not applicable`,
    `${count('skipped')} skipped by kafkajs`,
  ]
  return `kafkajs ${kafkajs}, ${runs === 1 ? 'one run' : `${runs} runs`}: ${counts.join(', ')}`
}

const lineOf = ({ file, name, reason }: ReportedTest): string =>
  `  ${file}: ${name ?? '(the file)'}${reason === null ? '' : `\n      ${firstLines(reason)}`}`

/** Messages of jest are long: what was expected and what came stand first. */
const firstLines = (reason: string): string =>
  reason
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .slice(0, 4)
    .join('\n      ')
