import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestedBroker } from '../clients/tested-broker'
import { freePort } from '../free-port'
import { odradek } from '../odradek'
import type { SuiteRun } from '../suite'
import { brokerOf, crashes } from './broker'
import { ConnectWorker } from './connect-worker'
import { JavaPrograms } from './java-programs'

const TOPIC = 'connected-lines'
const LINES = 6_000
const LINES_AT_A_TIME = 100
const PAUSE_MS = 700
const BROKER_CRASHES = 2
const PATIENCE_SECONDS = 60

/**
 * A Kafka Connect worker in distributed mode copies the lines of a file to a topic, exactly once, and those of the topic to another file,
 * while the broker is killed, and the worker, too. All that the worker knows it keeps in compacted topics, which it reads to their ends.
 */
export const connect = async (run: SuiteRun): Promise<void> => {
  const java = await JavaPrograms.of(run, 'Kafka Connect')
  if (java === null) return
  const broker = await brokerOf(run, 'connect-broker')
  await odradek('topics', 'create', TOPIC, '--partitions', '2', '--bootstrap-server', broker.bootstrap)
  const files = { source: path.join(run.directory, 'source.txt'), sink: path.join(run.directory, 'sink.txt') }
  const worker = new ConnectWorker(run, java, { bootstrap: broker.bootstrap, port: await freePort() })
  const expected = Array.from({ length: LINES }, (_, n) => `line-${n}`)
  await run.check('Kafka Connect runs a file source and a file sink in distributed mode', async () => {
    fs.writeFileSync(files.source, '')
    await worker.start()
    await worker.create('source', {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      file: files.source,
      topic: TOPIC,
      'exactly.once.support': 'required',
    })
    await worker.create('sink', {
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
      file: files.sink,
      topics: TOPIC,
    })
    return worker.running(['source', 'sink'])
  })
  await run.check(
    'the lines of the file are in the topic exactly once, and all of them in the other file',
    async () => {
      const [crashed] = await Promise.all([crashAll(broker, worker), writeLines(files.source, expected)])
      await worker.running(['source', 'sink'])
      const inTopic = (await java.read(broker.bootstrap, TOPIC, LINES)).map(record => record.split('\t')[1]!)
      sameLines(inTopic, expected, 'the topic')
      const written = await sunk(files.sink, expected.length)
      sameLines([...new Set(written)], expected, 'the file of the sink')
      return `${LINES} lines in the topic, ${written.length} written by the sink; ${crashed}`
    },
  )
}

const crashAll = async (broker: TestedBroker, worker: ConnectWorker): Promise<string> => {
  const crashed = await crashes(broker, BROKER_CRASHES)
  await worker.kill()
  await worker.start()
  return `${crashed}, and the worker once`
}

const writeLines = async (file: string, lines: readonly string[]): Promise<void> => {
  for (let at = 0; at < lines.length; at += LINES_AT_A_TIME) {
    fs.appendFileSync(
      file,
      lines
        .slice(at, at + LINES_AT_A_TIME)
        .map(line => `${line}\n`)
        .join(''),
    )
    await pause(PAUSE_MS)
  }
}

/** The lines of the sink's file when so many different ones are there, or when none has come for a time. */
const sunk = async (file: string, count: number): Promise<string[]> => {
  let lines: string[] = []
  for (let quiet = 0; quiet < PATIENCE_SECONDS; quiet++) {
    const now = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
    if (new Set(now).size >= count) return now
    if (now.length > lines.length) quiet = 0
    lines = now
    await pause(1_000)
  }
  return lines
}

/** Throws unless the lines are those that are expected, in whatever order. */
const sameLines = (lines: readonly string[], expected: readonly string[], where: string): void => {
  const missing = expected.filter(line => !lines.includes(line))
  if (missing.length > 0) throw new Error(`${missing.length} lines are missing in ${where}: ${missing.slice(0, 5)}`)
  if (lines.length > expected.length) throw new Error(`${lines.length - expected.length} lines too many in ${where}`)
}
