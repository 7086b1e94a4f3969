import { Command, Option } from 'commander'
import { clients } from './clients/suite'
import { differential } from './differential/suite'
import { ecosystem } from './ecosystem/suite'
import { exactlyOnce } from './exactly-once/suite'
import { prometheus } from './prometheus/suite'
import { storage } from './storage/suite'
import { type CheckResult, type Suite, SuiteRun } from './suite'

const SUITES: readonly Suite[] = [storage, differential, clients, exactlyOnce, ecosystem, prometheus]

interface Options {
  readonly bootstrap?: string
  readonly kafka?: string
  readonly keep?: boolean
  readonly list?: boolean
  readonly writeReadme?: boolean
}

const program = new Command('compat')
  .description('Runs our broker together with other programs.')
  .argument('[name...]', 'suites to run (default: all), and what to run of those that have choices')
  .option('--list', 'print the suites and what they are about')
  .addOption(
    new Option('--kafka <command>', 'starts an Apache Kafka: COMMAND start|stop|tool ...').env('ODRADEK_COMPAT_KAFKA'),
  )
  .option('--bootstrap <host:port>', 'the broker that clients are tried with, instead of one that is started')
  .option('--write-readme', 'write the results of clients into the README')
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

async function run(names: readonly string[], options: Options): Promise<void> {
  const { kafka = null, bootstrap = null, keep = false, list = false, writeReadme = false } = options
  if (list) {
    for (const { name, about, choices = [] } of SUITES) console.log(`${name}: ${about}\n  ${choices.join(', ')}`.trim())
    return
  }
  const named = SUITES.filter(({ name }) => names.length === 0 || names.includes(name))
  const known = named.flatMap(({ name, choices = [] }) => [name, ...choices])
  const unknown = names.filter(name => !known.includes(name))
  if (unknown.length > 0) program.error(`there is no ${unknown.join(', ')} (--list prints what there is)`)
  const results: CheckResult[] = []
  for (const suite of named) {
    results.push(...(await SuiteRun.of(suite, { kafka, bootstrap, keep, names, writeReadme })))
  }
  const count = (outcome: string) => results.filter(result => result.outcome === outcome).length
  console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  if (count('failed') > 0) process.exitCode = 1
}

program.parseAsync()
