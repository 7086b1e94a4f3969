import { Kafka, logLevel } from 'kafkajs'

/** Older values of each key, in as many batches. */
const ROUNDS = 20

const SEGMENT_MS = 500

const KEYS = Array.from({ length: 10 }, (_, n) => String(n))

const SETTINGS = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'segment.ms': String(SEGMENT_MS),
}

/**
 * Makes a topic of one partition that the broker will compact to eleven records: the keys 0 to 9 with the value "new", and the key "last"
 * with the value "end". Everything in its first segment is obsolete; an idempotent producer wrote it, whose last batch stays as an empty one.
 */
export const makeCompactedTopic = async (bootstrap: string, topic: string): Promise<void> => {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true, maxInFlightRequests: 1 })]
  await Promise.all([admin.connect(), producer.connect()])
  const configEntries = Object.entries(SETTINGS).map(([name, value]) => ({ name, value }))
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] })
  for (let round = 0; round < ROUNDS; round++) {
    await producer.send({ topic, messages: KEYS.map(key => ({ key, value: `old ${round}` })) })
  }
  await newSegment()
  await producer.send({ topic, messages: KEYS.map(key => ({ key, value: 'new' })) })
  await newSegment()
  await producer.send({ topic, messages: [{ key: 'last', value: 'end' }] })
  await Promise.all([admin.disconnect(), producer.disconnect()])
}

/** A segment is closed by the first record that is so much younger than its first. */
const newSegment = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 2 * SEGMENT_MS))
