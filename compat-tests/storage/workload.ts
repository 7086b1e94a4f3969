import { type Admin, type ITopicMetadata, Kafka as KafkaJs, logLevel } from 'kafkajs'
import { kcatProduce } from '../kcat'
import { until } from './until'

export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** Small segments and index intervals, so that a little data has many of both. */
export const SMALL_SEGMENTS = { 'internal.segment.bytes': '40000', 'index.interval.bytes': '512' }

const client = (bootstrap: string) =>
  new KafkaJs({ clientId: 'compat', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 10 } })

const withAdmin = async (bootstrap: string, use: (admin: Admin) => Promise<unknown>): Promise<void> => {
  const admin = client(bootstrap).admin()
  await admin.connect()
  try {
    await use(admin)
  } finally {
    await admin.disconnect()
  }
}

/** With one partition. */
export const createTopic = (
  bootstrap: string,
  topic: string,
  settings: Readonly<Record<string, string>> = SMALL_SEGMENTS,
): Promise<void> => {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
  const topics = [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }]
  return withAdmin(bootstrap, async admin => {
    // A Kafka that has a lot to do may not know the topic yet when it is asked for the leaders, which the client does not expect.
    await admin.createTopics({ topics, waitForLeaders: false })
    await until(() => admin.fetchTopicMetadata({ topics: [topic] }).then(isLed, () => false))
  })
}

const isLed = ({ topics }: { topics: ITopicMetadata[] }): boolean =>
  topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))

/** Deletes the records of a topic below `offset`. */
export const deleteRecordsBefore = (bootstrap: string, topic: string, offset: number): Promise<void> =>
  withAdmin(bootstrap, async admin => {
    // It only deletes from topics that it has looked at.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  })

const lines = (count: number, label: string): string[] =>
  Array.from({ length: count }, (_, n) => `key-${n % 17}:${label} ${n} ${'abcdefghij'.repeat(n % 23)}`)

/** Records in batches of every codec, each codec once by an idempotent producer and once by one that is not. */
export const produceCodecs = async (bootstrap: string, topic: string, label: string): Promise<void> => {
  for (const codec of CODECS) {
    for (const isIdempotent of [false, true]) {
      const headers = { codec, producer: isIdempotent ? 'idempotent' : 'plain' }
      await kcatProduce(bootstrap, { topic, codec, isIdempotent, headers, lines: lines(400, `${label} ${codec}`) })
    }
  }
}

/** Two producers whose transactions interleave: every third transaction is aborted. */
export const produceTransactions = async (bootstrap: string, topic: string, count: number): Promise<void> => {
  const kafka = client(bootstrap)
  const producers = ['a', 'b'].map(name =>
    kafka.producer({ transactionalId: `compat-${name}`, idempotent: true, maxInFlightRequests: 1 }),
  )
  for (const producer of producers) await producer.connect()
  try {
    for (let n = 0; n < count; n++) {
      const transactions = await Promise.all(producers.map(producer => producer.transaction()))
      for (const [index, transaction] of [...transactions.entries(), ...transactions.entries()]) {
        const value = `transaction ${n} of producer ${index} ${'x'.repeat(300)}`
        await transaction.send({ topic, messages: [{ partition: 0, key: `${n}`, value }] })
      }
      for (const [index, transaction] of transactions.entries()) {
        await ((n + index) % 3 === 0 ? transaction.abort() : transaction.commit())
      }
    }
  } finally {
    for (const producer of producers) await producer.disconnect()
  }
}
