import path from 'node:path'
import type { TestedBroker } from '../clients/tested-broker'
import { odradek } from '../odradek'
import type { SuiteRun } from '../suite'
import { brokerOf, crashes } from './broker'
import { JavaPrograms } from './java-programs'

const [LINES_TOPIC, COUNTS_TOPIC] = ['lines', 'counts']
const LINES = 12_000
const LINES_PER_SECOND = 300
/** Of a line of Feed: its number, one of ten words, and a word that all have. */
const WORDS_PER_LINE = 3
const BROKER_CRASHES = 3
const FEED_TIMEOUT_MS = 300_000

/**
 * Two instances of a Kafka Streams application count words with exactly_once_v2 while the broker is killed, and one of them, too. Each
 * word of the input has to give one record of the output: the counts of a word are 1, 2, 3 and so on, none missing and none twice.
 */
export const streams = async (run: SuiteRun): Promise<void> => {
  const java = await JavaPrograms.of(run, 'Kafka Streams')
  if (java === null) return
  const broker = await brokerOf(run, 'streams-broker')
  for (const topic of [LINES_TOPIC, COUNTS_TOPIC]) {
    await odradek('topics', 'create', topic, '--partitions', '4', '--bootstrap-server', broker.bootstrap)
  }
  await run.check('Kafka Streams counts each word exactly once with exactly_once_v2', async () => {
    const crashed = await countUnderCrashes(run, java, broker)
    const records = await java.read(broker.bootstrap, COUNTS_TOPIC, LINES * WORDS_PER_LINE)
    return `${verifyCounts(records)}; ${crashed}`
  })
}

const countUnderCrashes = async (run: SuiteRun, java: JavaPrograms, broker: TestedBroker): Promise<string> => {
  const { bootstrap } = broker
  const count = (instance: string) =>
    java.start(`word-count-${instance}`, 'WordCount', [
      bootstrap,
      LINES_TOPIC,
      COUNTS_TOPIC,
      path.join(run.directory, `state-${instance}`),
    ])
  const doomed = count('a')
  count('b')
  const feed = java.run('Feed', [bootstrap, LINES_TOPIC, String(LINES), String(LINES_PER_SECOND)], FEED_TIMEOUT_MS)
  const crashed = await crashes(broker, BROKER_CRASHES)
  await doomed.kill()
  count('a')
  await feed
  return `${crashed}, and an instance of the application killed`
}

/** Throws unless the counts of each word are 1, 2, 3 and so on, in this order, as often as it was fed. */
const verifyCounts = (records: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const record of records) {
    const [word, count] = record.split('\t') as [string, string]
    const expected = (counts.get(word) ?? 0) + 1
    if (Number(count) !== expected) throw new Error(`${word}: ${count} instead of ${expected}`)
    counts.set(word, expected)
  }
  if (counts.get('all') !== LINES) throw new Error(`${counts.get('all')} lines were counted instead of ${LINES}`)
  if (records.length !== LINES * WORDS_PER_LINE)
    throw new Error(`${records.length} words were counted instead of ${LINES * WORDS_PER_LINE}`)
  return `${records.length} counts of ${counts.size} words`
}
