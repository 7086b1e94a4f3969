/** kafkajs, as it is, through a compacted topic: a batch without records must not keep it from going on. */
import { Kafka, logLevel } from 'kafkajs'
import { type RunningBroker, startBroker } from '../../src/broker/start-broker'
import { eventually } from '../support/eventually'
import { RecordingLogger } from '../support/recording-logger'

const TOPIC = 'table'
const SUPERSEDED = 20
/** Further apart than `segment.ms`: every batch begins a segment. */
const APART_MS = 10

let broker: RunningBroker
let kafka: Kafka
const logger = new RecordingLogger()

beforeEach(async () => {
  broker = await startBroker({ logger, settings: { 'log.cleaner.backoff.ms': 1 } })
  kafka = new Kafka({ clientId: 'test', brokers: [broker.bootstrap], logLevel: logLevel.NOTHING })
  await broker.createTopic(TOPIC, {
    partitions: 1,
    configs: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0, 'segment.ms': 1 },
  })
})

afterEach(() => broker.close())

let timestamp = Date.now() - 1_000_000
const send = async (idempotent: boolean, messages: readonly { key: string; value: string }[]): Promise<void> => {
  const producer = kafka.producer({ idempotent })
  await producer.connect()
  for (const message of messages) {
    timestamp += APART_MS
    await producer.send({ topic: TOPIC, messages: [{ ...message, timestamp: String(timestamp) }] })
  }
  await producer.disconnect()
}

const compactedUpTo = (): number =>
  Math.max(
    -1,
    ...logger
      .at('info')
      .map(({ message, fields }) => (message === 'compacted a log' ? Number(fields['cleanedUpTo']) : -1)),
  )

/** What a consumer reads from the beginning up to the key `end`, one batch at a time. */
const readToEnd = async (): Promise<string[]> => {
  const consumer = kafka.consumer({ groupId: 'readers', maxBytesPerPartition: 1 })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  const read: string[] = []
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          read.push(`${message.offset}:${message.key}=${message.value}`)
          if (message.key!.toString() === 'end') resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
  return read
}

it('reads the latest value of each key, past batches that have lost all their records', async () => {
  await send(true, [{ key: 'a', value: 'of a producer that the log remembers' }])
  await send(
    true,
    Array.from({ length: SUPERSEDED }, (_, n) => ({ key: 'b', value: String(n) })),
  )
  await send(false, [
    { key: 'a', value: 'latest' },
    { key: 'b', value: 'latest' },
    { key: 'end', value: '' },
  ])
  await eventually(() => compactedUpTo() >= SUPERSEDED + 3)
  expect(await readToEnd()).toEqual([
    `${SUPERSEDED + 1}:a=latest`,
    `${SUPERSEDED + 2}:b=latest`,
    `${SUPERSEDED + 3}:end=`,
  ])
})
