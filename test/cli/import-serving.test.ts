import { Fetch } from '../../protocol/messages/01-fetch'
import { isControl } from '../../protocol/records/batch-header'
import { type DecodedRecord, decodeRecords, iterateBatches } from '../../protocol/records/record-batch'
import { startBroker } from '../../src/broker/start-broker'
import { ClusterClient } from '../../src/cli/cluster-client'
import { consumeRecords } from '../../src/cli/consume-command'
import { runImport } from '../../src/cli/import-command'
import { produceLines } from '../../src/cli/produce-command'
import { describeTopic } from '../../src/cli/topics-command'
import { NodeTransport } from '../../src/io/node/node-transport'
import { KAFKA_DIRECTORY, kafkaData } from '../support/kafka-data'
import { temporaryDirectory } from '../support/temporary-directory'

const READ_COMMITTED = 1

/** What Kafka's own files hold from the log start offset on, without markers. */
const recordsIn = (topic: string, logStartOffset = 0): DecodedRecord[] => {
  const disk = kafkaData('stopped')
  return disk
    .list(`/${topic}-0`)
    .filter(name => name.endsWith('.log'))
    .flatMap(name => {
      const bytes = disk.readFile(`/${topic}-0/${name}`)!
      return [...iterateBatches(bytes)].flatMap(({ position, header }) =>
        isControl(header.attributes) ? [] : decodeRecords(bytes, position, { maxBytes: 1e8 }),
      )
    })
    .filter(({ offset }) => offset >= logStartOffset)
}

const collected = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const withClient = async (directory: string, work: (client: ClusterClient) => Promise<void>): Promise<void> => {
  const settings = { 'log.retention.ms': -1 }
  const broker = await startBroker({ storage: 'disk', directory, settings })
  const client = await ClusterClient.connect(new NodeTransport(), broker.bootstrap)
  try {
    await work(client)
  } finally {
    await client.close()
    await broker.close()
  }
}

const consumed = async (client: ClusterClient, topic: string, maxMessages: number): Promise<DecodedRecord[]> => {
  const records = await collected(consumeRecords(client, { topic, fromBeginning: true, maxMessages }))
  return records.map(({ partition, ...record }) => record)
}

test('a broker serves what was imported, and goes on where the Kafka stopped', async () => {
  const directory = temporaryDirectory()
  await collected(runImport([KAFKA_DIRECTORY], { data: directory, set: [] }))
  await withClient(directory, async client => {
    const topics = { plain: 0, codecs: 5, logappend: 0, transactions: 0 }
    for (const [topic, logStartOffset] of Object.entries(topics)) {
      const expected = recordsIn(topic, logStartOffset)
      expect(expected.length).toBeGreaterThan(20)
      expect(await consumed(client, topic, expected.length)).toEqual(expected)
    }
    expect(await collected(describeTopic(client, 'logappend'))).toContain('  message.timestamp.type=LogAppendTime')

    const produce = { topic: 'plain', keyDelimiter: null, compression: 'none', partition: 0 } as const
    const lines = (async function* () {
      yield 'ours'
    })()
    await produceLines(client, lines, { ...produce, now: () => 1_700_000_000_000, progress() {} })
  })
  await withClient(directory, async client => {
    const records = await consumed(client, 'plain', 432)
    expect(records.slice(0, 431)).toEqual(recordsIn('plain'))
    expect(records[431]).toMatchObject({ offset: 431, value: Buffer.from('ours') })
  })
})

test('consumers of committed records are told which ones were aborted', async () => {
  const directory = temporaryDirectory()
  await collected(runImport([KAFKA_DIRECTORY], { data: directory, set: [] }))
  await withClient(directory, async client => {
    const { leaders, topicId } = await client.partitionsOf('transactions', false)
    const { responses } = await client.requestOf(leaders[0]!, Fetch, {
      maxWaitMs: 0,
      maxBytes: 1e6,
      isolationLevel: READ_COMMITTED,
      topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
    })
    const [partition] = responses[0]!.partitions
    expect(partition!.abortedTransactions!.length).toBeGreaterThan(0)
    for (const { firstOffset } of partition!.abortedTransactions!) {
      expect(recordsIn('transactions').map(({ offset }) => offset)).toContain(firstOffset)
    }
  })
})
