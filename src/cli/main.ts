#!/usr/bin/env node
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { Command, InvalidArgumentError, Option } from 'commander'
import { NodeTransport } from '../io/node/node-transport'
import type { SettingsArguments } from './broker-settings'
import type { ClusterClient } from './cluster-client'
import { CommandFailure } from './command-failure'
import type { StartArguments } from './start-command'

const DEFAULT_BOOTSTRAP = '127.0.0.1:9092'
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** The version of the package, whose description is in one of the folders above, wherever this file was compiled to. */
const packageVersion = (folder = __dirname): string => {
  const file = path.join(folder, 'package.json')
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).version : packageVersion(path.dirname(folder))
}

const collect = (value: string, all: readonly string[]): string[] => [...all, value]

const count = (least: number) => (text: string) => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < least)
    throw new InvalidArgumentError(`A whole number from ${least} up.`)
  return number
}

const assignments = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map(pair => {
      const at = pair.indexOf('=')
      if (at < 1) throw new CommandFailure(`${pair} is not of the form name=value`, 2)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

/** Lines of standard input. It is read when the first one is asked for: readline loses what comes before somebody listens. */
async function* linesOfInput(): AsyncGenerator<string> {
  yield* readline.createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
}

/** Writes lines to stdout, no faster than they are read; ends quietly when the reader is gone. */
const print = async (lines: AsyncIterable<string> | Iterable<string>): Promise<void> => {
  for await (const line of lines) {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain')
  }
}

/** The first signal is told to who asks, the second one has its usual effect. */
const takeSignals = (): (() => boolean) => {
  let hasCome = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      hasCome = true
    })
  }
  return () => hasCome
}

const withClient = async (bootstrap: string, work: (client: ClusterClient) => Promise<void>): Promise<void> => {
  const { ClusterClient } = await import('./cluster-client.js')
  const client = await ClusterClient.connect(new NodeTransport(), bootstrap)
  try {
    await work(client)
  } finally {
    await client.close()
  }
}

const program = new Command('odradek')
  .enablePositionalOptions()
  .description('A Kafka-wire-compatible broker.')
  .version(packageVersion())
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(odradek --help tells more)')
  // A command line that is wrong ends like a configuration that is wrong.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

program
  .command('start')
  .description('run a broker until SIGTERM or SIGINT')
  .option('--host <host>', 'address to listen on (default: 127.0.0.1)')
  .option('--port <port>', 'port to listen on, 0 for a free one (default: 9092)')
  .option('--http <[host:]port>', 'where to answer for metrics and health (default: 127.0.0.1:9464, if it is free)')
  .addOption(new Option('--data <directory>', 'where the data is (default: odradek-data)').conflicts('memory'))
  .option('--memory', 'keep everything in memory; it is gone at the stop')
  .option('--config <file>', 'a server.properties of Kafka')
  .option('--set <name=value>', 'a setting by its Kafka name; may be repeated', collect, [])
  .option('--cluster-id <id>', 'id of the cluster, when the data directory is new (default: by chance)')
  .option('--announce <text>', 'what to log when the broker is ready, for those who wait for it')
  .addOption(
    new Option('--log-level <level>', 'what to log')
      .choices(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info'),
  )
  .addHelpText(
    'after',
    `
Settings come from --config, then KAFKA_* variables (KAFKA_NUM_PARTITIONS=3), then --set, then the other options.
When it is ready the broker prints one line: odradek ready <host>:<port>

Examples:
  odradek start
  odradek start --port 9093 --data /var/lib/odradek
  odradek start --memory --set num.partitions=3`,
  )
  .action(async (options: StartArguments) => {
    const { start } = await import('./start-command.js')
    process.exitCode = await start(options)
  })

const bootstrapOption = () =>
  new Option('-b, --bootstrap-server <host:port>', 'a broker of the cluster').default(DEFAULT_BOOTSTRAP)

const topics = program.command('topics').description('list, create, describe and delete topics')

topics
  .command('list')
  .description('print the names of all topics')
  .addOption(bootstrapOption())
  .action(({ bootstrapServer }) =>
    withClient(bootstrapServer, async client => {
      const { listTopics } = await import('./topics-command.js')
      await print(listTopics(client))
    }),
  )

topics
  .command('create <name>')
  .description('create a topic')
  .addOption(bootstrapOption())
  .option('--partitions <n>', "number of partitions (default: the broker's num.partitions)", count(1), -1)
  .option('--replication-factor <n>', "replicas of each partition (default: the broker's)", count(1), -1)
  .option('--set <name=value>', 'a setting of the topic; may be repeated', collect, [])
  .addHelpText('after', '\nExample:\n  odradek topics create orders --partitions 3 --set retention.ms=3600000')
  .action((name, { bootstrapServer, partitions, replicationFactor, set }) => {
    const settings = assignments(set)
    return withClient(bootstrapServer, async client => {
      const { createTopic } = await import('./topics-command.js')
      await print(createTopic(client, name, { partitions, replicationFactor, settings }))
    })
  })

topics
  .command('describe <name>')
  .description('print partitions, leaders and settings of a topic')
  .addOption(bootstrapOption())
  .action((name, { bootstrapServer }) =>
    withClient(bootstrapServer, async client => {
      const { describeTopic } = await import('./topics-command.js')
      await print(describeTopic(client, name))
    }),
  )

topics
  .command('delete <name...>')
  .description('delete topics with all their records')
  .addOption(bootstrapOption())
  .action((names, { bootstrapServer }) =>
    withClient(bootstrapServer, async client => {
      const { deleteTopics } = await import('./topics-command.js')
      await print(deleteTopics(client, names))
    }),
  )

program
  .command('produce <topic>')
  .description('produce a record for each line of standard input')
  .addOption(bootstrapOption())
  .option('-K, --key-delimiter <text>', 'what separates the key from the value in a line')
  .option('-p, --partition <n>', 'send everything to this partition', count(0))
  .addOption(new Option('-z, --compression <codec>', 'how batches are compressed').choices(CODECS).default('none'))
  .addHelpText(
    'after',
    '\nExamples:\n  seq 1000 | odradek produce numbers\n  echo "user-1:hello" | odradek produce greetings -K:',
  )
  .action((topic, { bootstrapServer, keyDelimiter = null, partition = null, compression }) =>
    withClient(bootstrapServer, async client => {
      const { produceLines } = await import('./produce-command.js')
      const showsProgress = process.stderr.isTTY && !process.stdin.isTTY
      const progress = (records: number) => {
        if (showsProgress) process.stderr.write(`\r${records} records`)
      }
      const now = () => Date.now()
      const records = await produceLines(client, linesOfInput(), {
        topic,
        keyDelimiter,
        partition,
        compression,
        now,
        progress,
      })
      if (process.stderr.isTTY) process.stderr.write(`\r${records} records produced\n`)
    }),
  )

program
  .command('consume <topic>')
  .description('print the values of records as they come, until it is stopped')
  .addOption(bootstrapOption())
  .option('--from-beginning', 'begin with the oldest record instead of the next one', false)
  .option('--max-messages <n>', 'stop after so many records', count(0), Number.POSITIVE_INFINITY)
  .option('--json', 'print partition, offset, timestamp, key, value and headers as JSON', false)
  .addHelpText('after', '\nExample:\n  odradek consume numbers --from-beginning --max-messages 10 --json')
  .action((topic, { bootstrapServer, fromBeginning, maxMessages, json }) =>
    withClient(bootstrapServer, async client => {
      const { consumeRecords, jsonLine } = await import('./consume-command.js')
      const lines = async function* () {
        for await (const record of consumeRecords(client, { topic, fromBeginning, maxMessages })) {
          yield json ? jsonLine(record) : (record.value?.toString() ?? '')
        }
      }
      await print(lines())
    }),
  )

program
  .command('kafka-tool <name> [arguments...]', { hidden: true })
  .description("one of Kafka's command-line tools, by the name of its script, for scripts that know only those")
  .allowUnknownOption()
  .passThroughOptions()
  .helpOption(false)
  .action(async (name, words) => {
    const { runKafkaTool } = await import('./kafka-tools/run-kafka-tool.js')
    process.exitCode = await runKafkaTool(name, words, {
      print,
      note: line => process.stderr.write(`${line}\n`),
      input: linesOfInput(),
      now: () => Date.now(),
      takeSignals,
    })
  })

program
  .command('config')
  .description('print all settings with their types, defaults and meaning')
  .option('--markdown', 'as a table in Markdown', false)
  .action(async ({ markdown }) => {
    const { renderConfigTable } = await import('../config/config-table.js')
    await print([renderConfigTable(markdown ? 'markdown' : 'text', process.stdout.columns)])
  })

program
  .command('dump <file...>')
  .description('print what is in files of a log directory: logs, indexes, producer snapshots, checkpoints')
  .option('--no-records', 'print only the batches of a .log file, not their records')
  .addHelpText(
    'after',
    `
Of a folder all files are printed. Files of Apache Kafka can be read, too; damage is shown where it is met.

Examples:
  odradek dump odradek-data/numbers-0/00000000000000000000.log
  odradek dump --no-records /var/lib/kafka/orders-3`,
  )
  .action(async (files, { records }) => {
    const { dumpFiles } = await import('./dump-command.js')
    await print(dumpFiles(files, records))
  })

program
  .command('import <directory...>')
  .description('bring the topics of an Apache Kafka that is stopped into a data directory')
  .option('--data <directory>', 'where the topics go (default: odradek-data)')
  .option('--config <file>', 'a server.properties of Kafka')
  .option('--set <name=value>', 'a setting by its Kafka name; may be repeated', collect, [])
  .addHelpText(
    'after',
    `
The arguments are the log directories (log.dirs) of a broker of Kafka; they are only read. Topics keep their ids,
settings, records, offsets and producers; consumer groups and transactions come along with their topics. Neither
that Kafka nor the broker of the data directory may run. Settings count as for start.

Examples:
  odradek import /var/lib/kafka
  odradek import /disk1/kafka /disk2/kafka --data /var/lib/odradek`,
  )
  .action(async (directories, options: SettingsArguments) => {
    const { runImport } = await import('./import-command.js')
    await print(runImport(directories, options))
  })

/** A reader that has seen enough (`| head`) closes the pipe: no reason to complain. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

program.parseAsync().catch((error: unknown) => {
  const isExpected = error instanceof CommandFailure
  process.stderr.write(`odradek: ${isExpected ? error.message : (error as Error)?.stack}\n`)
  process.exitCode = isExpected ? error.exitCode : 1
})
