// What many scenarios do with the broker.
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'
import snappy from 'snappyjs'
import { bootstrap, prefix, until } from '../contract/contract.mjs'

export const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs

const kafka = new Kafka({
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { retries: 100, maxRetryTime: 1000 },
})

export const admin = kafka.admin()

// kafkajs brings gzip; the others are plugged in, as its documentation says.
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])

CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async ({ buffer }) => Buffer.from(snappy.compress(buffer)),
  decompress: async buffer => {
    if (buffer.subarray(0, XERIAL.length).equals(XERIAL)) throw new Error('xerial framing was not sent')
    return Buffer.from(snappy.uncompress(buffer))
  },
})

CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: ({ buffer }) => lz4.compressFrame(buffer),
  decompress: buffer => lz4.decompressFrame(buffer),
})

CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }) => zlib.zstdCompressSync(buffer),
  decompress: buffer => zlib.zstdDecompressSync(buffer),
})

export const messages = (values, partition = 0) => values.map(value => ({ partition, value }))

export const topicOf = async (name, numPartitions = 1, configEntries = []) => {
  const topic = prefix + name
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] })
  return topic
}

export const producer = async options => {
  const it = kafka.producer(options)
  await it.connect()
  return it
}

/** Starts a member; `it.seen` are the messages that it got, `it.partitions` what it was assigned last. */
export const consumer = async (topic, { run = {}, ...options } = {}) => {
  const it = kafka.consumer({
    groupId: `${topic}-reader-${Math.random()}`,
    sessionTimeout: 6000,
    heartbeatInterval: 500,
    maxWaitTimeInMs: 200,
    ...options,
  })
  Object.assign(it, { seen: [], partitions: [] })
  it.on(it.events.GROUP_JOIN, ({ payload }) => {
    it.partitions = payload.memberAssignment[topic] ?? []
  })
  await it.connect()
  await it.subscribe({ topic, fromBeginning: true })
  const eachMessage = async ({ partition, message }) => void it.seen.push({ ...message, partition })
  await it.run(run.eachBatch ? run : { eachMessage, ...run })
  return it
}

export const textOf = ({ value }) => value && String(value)

/** Reads until a value was seen; what was read after it would be too much. */
export const readTo = async (topic, last, options) => {
  const it = await consumer(topic, options)
  await until(`${last} in ${topic}`, () => it.seen.some(message => textOf(message) === last))
  await it.disconnect()
  return it.seen
}

export const send = async (topic, values, options = {}) => {
  const it = await producer(options)
  await it.send({ topic, messages: messages(values) })
  await it.disconnect()
}

export const committed = async (groupId, topic) => {
  const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return partitions.sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset))
}
