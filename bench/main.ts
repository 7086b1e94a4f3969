import fs from 'node:fs'
import os from 'node:os'
import { Command } from 'commander'
import { ensureListening } from './broker-process'
import { launchScenarios } from './launch-scenarios'
import { addressOf, kafkaLauncher, type Launcher, odradekLauncher, withBroker } from './launcher'
import { type Measurement, tableOf } from './report'
import type { Figures, Scenario } from './scenario'
import { scenarios, warmUps } from './scenarios'
import { scrapeScenario } from './scrape-scenario'
import { Target } from './target'

interface Options {
  readonly against?: string
  readonly kafka?: string
  readonly only?: string
  readonly rounds: string
  readonly seconds: string
  readonly json: string
}

const program = new Command('bench')
  .description('Measures a broker of this checkout, by itself or in turn with another one.')
  .option('--kafka <command>', 'starts an Apache Kafka that is measured in turn with ours (see compat-tests/README.md)')
  .option(
    '--against <host:port>',
    'the same with a broker that runs already; scenarios that start brokers measure ours alone',
  )
  .option('--only <text>', 'only scenarios whose name contains this')
  .option('--rounds <n>', 'rounds of which the median counts; who begins alternates', '4')
  .option('--seconds <n>', 'length of one measurement', '4')
  .option('--json <file>', 'where all figures go', 'bench/results/latest.json')
  .action(run)

async function run(options: Options): Promise<void> {
  const isWanted = ({ name }: { readonly name: string }) => name.includes(options.only ?? '')
  const launchers = [odradekLauncher, ...(options.kafka === undefined ? [] : [kafkaLauncher(options.kafka)])]
  const shared = scenarios.filter(isWanted)
  const measurements: Measurement[] = []
  if (shared.length > 0) {
    const running = await runningTargets(options.against)
    await withTargets(launchers, running, targets => compare(targets, shared, options, measurements))
  }
  for (const { name, measure } of [...launchScenarios, scrapeScenario].filter(isWanted)) {
    const rounds = Object.fromEntries(launchers.map(launcher => [launcher.name, [] as Figures[]]))
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const launcher of inTurn(launchers, round)) rounds[launcher.name]!.push(await measure(launcher))
    }
    report(measurements, { name, rounds })
  }
  console.log(`\n${tableOf(measurements)}`)
  fs.mkdirSync('bench/results', { recursive: true })
  const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, node: process.version }
  fs.writeFileSync(options.json, JSON.stringify({ date: new Date().toISOString(), machine, measurements }, null, 2))
}

/** A broker of each kind, and the one that runs already, for the time of `use`. */
const withTargets = async (
  [launcher, ...others]: readonly Launcher[],
  running: readonly Target[],
  use: (targets: readonly Target[]) => Promise<void>,
): Promise<void> => {
  if (!launcher) return use(running)
  await withBroker(launcher, ({ target }) => withTargets(others, running, targets => use([target, ...targets])))
}

const runningTargets = async (against: string | undefined): Promise<Target[]> => {
  if (against === undefined) return []
  const address = addressOf(against)
  await ensureListening(address)
  return [new Target('other', address)]
}

/**
 * Who begins changes with each round: memory of the machine in which files have just been is much cheaper to write to than others, and what
 * one leaves behind the next one finds.
 */
const inTurn = <T>(all: readonly T[], round: number): readonly T[] => (round % 2 === 0 ? all : all.toReversed())

/** The brokers take turns within each round, so that a machine that becomes slower does so for both. */
const compare = async (
  targets: readonly Target[],
  wanted: readonly Scenario[],
  { rounds, seconds }: Options,
  measurements: Measurement[],
): Promise<void> => {
  const idle = Object.fromEntries(targets.map(target => [target.name, [{ resident: target.residentMiB }]]))
  report(measurements, { name: 'memory before load', rounds: idle })
  for (const target of targets) await warmUp(target)
  for (const { name, measure } of wanted) {
    const figures = Object.fromEntries(targets.map(target => [target.name, [] as Figures[]]))
    for (let round = 0; round < Number(rounds); round++) {
      for (const target of inTurn(targets, round)) figures[target.name]!.push(await measure(target, Number(seconds)))
    }
    report(measurements, { name, rounds: figures })
  }
  const loaded = Object.fromEntries(targets.map(target => [target.name, [{ resident: target.residentMiB }]]))
  report(measurements, { name: 'memory after load', rounds: loaded })
}

/** Both have their hot paths compiled before anything counts; a JVM takes longer than Node. */
const warmUp = async (target: Target): Promise<void> => {
  for (const { measure } of warmUps) await measure(target, WARM_UP_SECONDS)
}

const WARM_UP_SECONDS = 8

const report = (measurements: Measurement[], measurement: Measurement): void => {
  measurements.push(measurement)
  console.log(tableOf([measurement]).split('\n').slice(1).join('\n'))
}

program.parseAsync()
