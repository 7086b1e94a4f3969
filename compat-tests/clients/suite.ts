import { randomBytes } from 'node:crypto'
import type { Suite, SuiteRun } from '../suite'
import { makeCompactedTopic } from './compacted-topic'
import { type ClientResult, resultTable, writeReadme } from './result-table'
import { type ClientCheck, runScenario, type ScenarioRunOptions } from './scenario-run'
import { SCENARIOS, type Scenario } from './scenarios'
import { CLIENTS, type StockClient } from './stock-client'
import { type TestedBroker, testedBroker } from './tested-broker'
import { CannotPrepare, Workshop } from './workshop'

const ORDER = CLIENTS.map(({ name }) => name)

/** Clients as people install them do with our broker what they do with a Kafka. */
export const clients: Suite = {
  name: 'clients',
  about: 'stock clients in many languages; NAMES of clients and scenarios behind it choose among them',
  choices: [...CLIENTS, ...SCENARIOS].map(({ name }) => name),
  async run(run) {
    const broker = await testedBroker(run)
    const workshop = new Workshop()
    const results: ClientResult[] = []
    for (const client of chosen(CLIENTS, run)) {
      try {
        run.say(`${client.name}: installing and building`)
        const result = await tryClient(run, client, await workshop.prepare(client), broker)
        results.push(result)
        // A row has the results of all scenarios.
        if (run.options.writeReadme && chosen(SCENARIOS, run) === SCENARIOS) writeReadme(result, ORDER)
      } catch (error) {
        if (!(error instanceof CannotPrepare)) throw error
        run.skip(client.name, error.message)
      }
    }
    console.log(`\n${resultTable(results)}\n`)
  },
}

/** Those that the options of a run name; all where it names none of them. */
const chosen = <T extends { readonly name: string }>(all: readonly T[], { options }: SuiteRun): readonly T[] => {
  const named = all.filter(({ name }) => options.names.includes(name))
  return named.length > 0 ? named : all
}

const tryClient = async (
  run: SuiteRun,
  client: StockClient,
  folder: string,
  { bootstrap, crash }: TestedBroker,
): Promise<ClientResult> => {
  const prefix = `${client.name.replaceAll(/\W+/g, '-')}-${randomBytes(3).toString('hex')}-`
  const options = { command: client.command, folder, bootstrap, prefix, crashBroker: crash }
  const [version] = await runScenario('version', options)
  if (!version!.ok) throw new CannotPrepare(`it does not run: ${version!.detail}`)
  const results = new Map<string, readonly ClientCheck[]>()
  for (const scenario of chosen(SCENARIOS, run)) {
    const title = `${client.name} ${version!.detail}: ${scenario.name}`
    if (scenario.crashesBroker && crash === null) run.skip(title, 'the broker is not ours to kill')
    else results.set(scenario.name, await tryScenario(run, title, scenario, options))
  }
  return { client: client.name, version: version!.detail, checks: results }
}

const tryScenario = async (
  run: SuiteRun,
  title: string,
  scenario: Scenario,
  options: ScenarioRunOptions,
): Promise<readonly ClientCheck[]> => {
  if (scenario.needsCompactedTopic) await makeCompactedTopic(options.bootstrap, `${options.prefix}compacted`)
  const startedAt = Date.now()
  let checks = await runScenario(scenario.name, options)
  if (checks.length === 0 && scenario.afterKill) checks = await runScenario(scenario.afterKill, options)
  const seconds = `(${((Date.now() - startedAt) / 1000).toFixed(1)} s)`
  report(run, title, seconds, checks)
  return checks
}

const report = (run: SuiteRun, title: string, seconds: string, checks: readonly ClientCheck[]): void => {
  const of = (ok: boolean | null) => checks.filter(check => check.ok === ok)
  const absences = of(null).map(({ name, detail }) => `not in the client: ${name} (${detail})`)
  const failures = of(false).map(({ name, detail }) => `${name}: ${detail}`)
  if (failures.length > 0) run.fail(title, failures.join('\n'))
  else if (of(true).length === 0) run.skip(title, absences.join('\n'))
  else
    run.pass(
      title,
      [
        `${of(true)
          .map(({ name }) => name)
          .join(', ')} ${seconds}`,
        ...absences,
      ].join('\n'),
    )
}
