import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { freePort } from '../free-port'
import { Odradek } from '../odradek'
import { Checkout } from './checkout'
import { hasSurprises, renderReport, reportOf, summaryOf } from './report'
import { runTests } from './suite-run'
import type { TestResult } from './test-result'

/** As in the compose file of kafkajs, as far as one node can: replicas are for those who have brokers. */
const SETTINGS = { 'node.id': '0', 'num.partitions': '2', 'advertised.listeners': 'PLAINTEXT://localhost:9092' }

interface Options {
  readonly kafkajs?: string
  readonly bootstrap?: string
  readonly runs: string
  readonly report?: string
}

const program = new Command('run')
  .description(
    "Runs kafkajs's own tests against one node, without those that need TLS, SASL or a second broker, and says of each that " +
      'did not pass why. The exit code is 1 when one fails of which that is not known, or does not come out the same each time.',
  )
  .argument('[file...]', 'parts of the names of its test files (default: all)')
  .option('--kafkajs <directory>', 'a checkout of its repository, which is left as it is (default: one that is cloned)')
  .option('--bootstrap <host:port>', 'the broker (default: one of ours, new for each run)')
  .option('--runs <count>', 'how many times', '1')
  .option('--report <file>', 'where to write the report as JSON, too')
  .action(run)

async function run(names: readonly string[], options: Options): Promise<void> {
  const checkout = await Checkout.prepare(options.kafkajs ?? null)
  const files = checkout.testFiles.filter(file => names.length === 0 || names.some(name => file.includes(name)))
  if (files.length === 0) program.error('there are no such files')
  const runs: (readonly TestResult[])[] = []
  while (runs.length < Number(options.runs)) {
    const results = await runOnce(checkout, files, options.bootstrap ?? null)
    runs.push(results)
    console.error(`\nRun ${runs.length} of ${options.runs}: ${summaryOf(reportOf(checkout.version, [results]))}\n`)
  }
  const report = reportOf(checkout.version, runs)
  if (options.report) fs.writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`)
  console.log(renderReport(report))
  if (hasSurprises(report)) process.exitCode = 1
}

/** The broker and jest are ended before this program. */
const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort())

const runOnce = (checkout: Checkout, files: readonly string[], bootstrap: string | null) =>
  inDirectory(async directory => {
    const port = await freePort()
    const broker = bootstrap === null ? await Odradek.start(path.join(directory, 'data'), SETTINGS, port) : null
    try {
      const interrupted = interruption.signal
      return await runTests({ checkout, files, bootstrap: bootstrap ?? `127.0.0.1:${port}`, directory, interrupted })
    } finally {
      await broker?.stop()
    }
  })

/** Does something with a new directory, which is gone afterwards. */
const inDirectory = async <Result>(work: (directory: string) => Promise<Result>): Promise<Result> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'odradek-kafkajs-suite-'))
  try {
    return await work(directory)
  } finally {
    fs.rmSync(directory, { recursive: true })
  }
}

program.parseAsync().catch((error: Error) => program.error(error.message))
