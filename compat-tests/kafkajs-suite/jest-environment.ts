import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { BrokerConnections } from './broker-connections'
import { environmentSettings } from './environment-settings'
import { latencyFor, whyNotApplicable } from './known-tests'
import type { TestResult } from './test-result'

interface CircusBlock {
  readonly name: string
  readonly parent?: CircusBlock
}

interface CircusTest extends CircusBlock {
  readonly errors: readonly unknown[]
  mode: string | null
}

/** What jest-circus says to an environment, as far as it matters here. */
interface CircusEvent {
  readonly name: string
  readonly test: CircusTest
}

interface CircusState {
  readonly unhandledErrors: readonly unknown[]
}

type Environment = new (config: { readonly rootDir: string }, context: { readonly testPath: string }) => object

const settings = environmentSettings()

/** One for all test files of a process: modules of Node are the same to each of them. */
const connections = new BrokerConnections(settings)

// The one that belongs to the jest of kafkajs, in whose folder this runs.
const NodeEnvironment = createRequire(path.resolve('package.json'))('jest-environment-node') as Environment

/** Leads kafkajs's tests to the broker, leaves out what does not apply, and writes down what came out of each. */
export default class KafkajsEnvironment extends NodeEnvironment {
  readonly #file: string
  #reason: string | null = null
  #activityBefore = 0

  constructor(...args: ConstructorParameters<Environment>) {
    super(...args)
    const [config, { testPath }] = args
    this.#file = path.relative(config.rootDir, testPath).replaceAll(path.sep, '/')
    // Some tests leave clients behind, which go on in the background of the next files.
    connections.forget()
  }

  /** Called by jest-circus. */
  handleTestEvent({ name, test }: CircusEvent, state: CircusState): void {
    if (name === 'test_start') this.#start(test)
    else if (name === 'test_skip')
      this.#report(fullName(test), this.#reason ? 'not applicable' : 'skipped', this.#reason)
    else if (name === 'test_done') this.#reportOutcome(fullName(test), test.errors)
    else if (name === 'run_finish' && state.unhandledErrors.length > 0) this.#reportOutcome(null, state.unhandledErrors)
  }

  #start(test: CircusTest): void {
    this.#reason = whyNotApplicable(this.#file, fullName(test))
    if (this.#reason !== null) test.mode = 'skip'
    connections.latencyMs = latencyFor(fullName(test))
    this.#activityBefore = connections.activity
  }

  #reportOutcome(name: string | null, errors: readonly unknown[]): void {
    this.#report(name, errors.length > 0 ? 'failed' : 'passed', errors.length > 0 ? messageOf(errors[0]) : null)
  }

  #report(name: string | null, outcome: TestResult['outcome'], reason: string | null): void {
    const usesBroker = connections.activity > this.#activityBefore
    const result: TestResult = { file: this.#file, name, outcome, reason, usesBroker }
    fs.appendFileSync(settings.resultsFile, `${JSON.stringify(result)}\n`)
  }
}

/** The titles around a test and its own; the outermost block has none. */
const fullName = ({ name, parent }: CircusBlock): string => (parent?.parent ? `${fullName(parent)} ${name}` : name)

/** jest-circus has an error together with the one that tells its place. */
const messageOf = (error: unknown): string => {
  const [thrown, atPlace] = Array.isArray(error) ? error : [error]
  const { message = String(thrown ?? atPlace) } = (thrown ?? atPlace ?? {}) as Partial<Error>
  return stripVTControlCharacters(message)
}
