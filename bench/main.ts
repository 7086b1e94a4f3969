import fs from 'node:fs'
import os from 'node:os'
import { Command } from 'commander'
import { type BrokerProcess, ensureListening } from './broker-process'
import { ownScenarios, withBroker } from './own-scenarios'
import { type Measurement, tableOf } from './report'
import { type Figures, type Scenario, scenarios } from './scenarios'
import { Target } from './target'

interface Options {
  readonly against?: string
  readonly only?: string
  readonly rounds: string
  readonly seconds: string
  readonly json: string
}

const program = new Command('bench')
  .description('Measures a broker of this checkout, by itself or in turn with another one.')
  .option('--against <host:port>', 'another broker, measured in turn with ours; a Kafka on the same machine, say')
  .option('--only <text>', 'only scenarios whose name contains this')
  .option('--rounds <n>', 'rounds of which the median counts', '3')
  .option('--seconds <n>', 'length of one measurement', '4')
  .option('--json <file>', 'where all figures go', 'bench/results/latest.json')
  .action(run)

async function run(options: Options): Promise<void> {
  const isWanted = ({ name }: { readonly name: string }) => name.includes(options.only ?? '')
  const shared = scenarios.filter(isWanted)
  const measurements: Measurement[] = []
  if (shared.length > 0) await withBroker(broker => compare(broker, shared, options, measurements))
  for (const { name, measure } of ownScenarios.filter(isWanted)) {
    const rounds: Figures[] = []
    for (let round = 0; round < Number(options.rounds); round++) rounds.push(await measure())
    report(measurements, { name, rounds: { odradek: rounds } })
  }
  console.log(`\n${tableOf(measurements)}`)
  fs.mkdirSync('bench/results', { recursive: true })
  const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, node: process.version }
  fs.writeFileSync(options.json, JSON.stringify({ date: new Date().toISOString(), machine, measurements }, null, 2))
}

/** The brokers take turns within each round, so that a machine that becomes slower does so for both. */
const compare = async (
  broker: BrokerProcess,
  wanted: readonly Scenario[],
  { against, rounds, seconds }: Options,
  measurements: Measurement[],
): Promise<void> => {
  const targets = [new Target('odradek', broker.address)]
  if (against !== undefined) {
    const [host, port] = against.split(':') as [string, string]
    const address = { host, port: Number(port) }
    await ensureListening(address)
    targets.push(new Target('other', address))
  }
  const idle = Object.fromEntries(targets.map(target => [target.name, [{ resident: target.residentMiB }]]))
  report(measurements, { name: 'memory before load', rounds: idle })
  for (const target of targets) await warmUp(target)
  for (const { name, measure } of wanted) {
    const figures = Object.fromEntries(targets.map(target => [target.name, [] as Figures[]]))
    for (let round = 0; round < Number(rounds); round++) {
      for (const target of targets) figures[target.name]!.push(await measure(target, Number(seconds)))
    }
    report(measurements, { name, rounds: figures })
  }
  const loaded = Object.fromEntries(targets.map(target => [target.name, [{ resident: target.residentMiB }]]))
  report(measurements, { name: 'memory after load', rounds: loaded })
}

/** Both have their hot paths compiled before anything counts; a JVM takes longer than Node. */
const warmUp = async (target: Target): Promise<void> => {
  for (const { measure } of [scenarios[0]!, scenarios.at(-1)!]) await measure(target, WARM_UP_SECONDS)
}

const WARM_UP_SECONDS = 8

const report = (measurements: Measurement[], measurement: Measurement): void => {
  measurements.push(measurement)
  console.log(tableOf([measurement]).split('\n').slice(1).join('\n'))
}

program.parseAsync()
