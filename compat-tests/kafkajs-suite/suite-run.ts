import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import type { Checkout } from './checkout'
import { asEnvironment } from './environment-settings'
import type { TestResult } from './test-result'

export interface SuiteRunOptions {
  readonly checkout: Checkout
  /** Files with tests, from the root of the checkout. */
  readonly files: readonly string[]
  /** The broker, `host:port`. */
  readonly bootstrap: string
  /** For what the run leaves behind. */
  readonly directory: string
  /** Ends the run, which rejects then. */
  readonly interrupted: AbortSignal
}

/** As kafkajs runs its tests; the version only chooses between tests for old and new brokers. */
const VARIABLES = {
  NODE_ENV: 'test',
  KAFKA_VERSION: '2.4',
  KAFKAJS_DEBUG_PROTOCOL_BUFFERS: '1',
  KAFKAJS_NO_PARTITIONER_WARNING: '1',
}

/** Runs tests of kafkajs by its own jest, one file after the other, and shows on standard error how it goes. */
export const runTests = async (options: SuiteRunOptions): Promise<readonly TestResult[]> => {
  const { checkout, files, bootstrap, directory, interrupted } = options
  const [host, port] = bootstrap.split(':')
  const resultsFile = path.join(directory, 'results.jsonl')
  const jest = path.join(checkout.directory, 'node_modules/jest/bin/jest.js')
  const flags = ['--ci', '--runInBand', '--forceExit', '--no-watchman', '--config', writeConfig(options)]
  const child = spawn(process.execPath, [jest, ...flags, '--runTestsByPath', ...files], {
    cwd: checkout.directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    signal: interrupted,
    env: { ...process.env, ...VARIABLES, ...asEnvironment({ host: host!, port: Number(port), resultsFile }) },
  })
  await once(child, 'exit')
  const lines = fs.existsSync(resultsFile) ? fs.readFileSync(resultsFile, 'utf8').trim().split('\n') : []
  const results = lines.map(line => JSON.parse(line) as TestResult)
  return [...numbered(results), ...unheard(files, results)]
}

/** kafkajs's own, with our environment around its tests. */
const writeConfig = ({ checkout, directory }: SuiteRunOptions): string => {
  const file = path.join(directory, 'jest.config.json')
  const config = {
    ...require(path.join(checkout.directory, 'jest.config.js')),
    rootDir: checkout.directory,
    testEnvironment: path.join(__dirname, 'jest-environment.js'),
    reporters: ['default'],
  }
  fs.writeFileSync(file, JSON.stringify(config))
  return file
}

/** Where a name occurs again in a file, it gets a number. */
const numbered = (results: readonly TestResult[]): TestResult[] => {
  const counts = new Map<string, number>()
  return results.map(result => {
    const key = `${result.file} ${result.name}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count === 1 ? result : { ...result, name: `${result.name} #${count}` }
  })
}

/** A file that says nothing of any test could not be loaded, or jest ended before it. */
const unheard = (files: readonly string[], results: readonly TestResult[]): TestResult[] => {
  const heard = new Set(results.map(({ file }) => file))
  return files
    .filter(file => !heard.has(file))
    .map(file => ({ file, name: null, outcome: 'failed', reason: 'no test of it was run', usesBroker: false }))
}
