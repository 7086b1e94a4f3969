import { Command, Option } from 'commander'
import { storage } from './storage/suite'
import { type CheckResult, type Suite, SuiteRun } from './suite'

const SUITES: readonly Suite[] = [storage]

interface Options {
  readonly kafka?: string
  readonly keep?: boolean
  readonly list?: boolean
}

const program = new Command('compat')
  .description('Runs our broker together with other programs.')
  .argument('[suite...]', 'suites to run (default: all)')
  .option('--list', 'print the suites and what they are about')
  .addOption(
    new Option('--kafka <command>', 'starts an Apache Kafka: COMMAND start|stop|tool ...').env('ODRADEK_COMPAT_KAFKA'),
  )
  .option('--keep', 'leave the files of the suites behind')
  .addHelpText(
    'after',
    `
Suites:
${SUITES.map(({ name, about }) => `  ${name}: ${about}`).join('\n')}

Example:
  npm run compat -- storage --kafka ./kafka`,
  )
  .action(run)

async function run(names: readonly string[], { kafka, keep = false, list = false }: Options): Promise<void> {
  if (list) {
    for (const { name, about } of SUITES) console.log(`${name}: ${about}`)
    return
  }
  const unknown = names.filter(name => !SUITES.some(suite => suite.name === name))
  if (unknown.length > 0) program.error(`there is no suite ${unknown.join(', ')} (--list prints them)`)
  const results: CheckResult[] = []
  for (const suite of SUITES) {
    if (names.length > 0 && !names.includes(suite.name)) continue
    results.push(...(await SuiteRun.of(suite, { kafka: kafka ?? null, keep })))
  }
  const count = (outcome: string) => results.filter(result => result.outcome === outcome).length
  console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  if (count('failed') > 0) process.exitCode = 1
}

program.parseAsync()
