// What many scenarios do with the broker.
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { bootstrap, prefix, until } from '../contract/contract.mjs'

const base = { clientId: 'compat', bootstrapBrokers: [bootstrap], retries: 600, retryDelay: 100 }

export const admin = new Admin(base)

export const topicOf = async (name, partitions = 1, configs = []) => {
  const topic = prefix + name
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs })
  return topic
}

export const producer = options => new Producer({ ...base, serializers: stringSerializers, ...options })

export const messages = (topic, values, partition = 0) => values.map(value => ({ topic, partition, value }))

export const send = async (topic, values, { partition = 0, ...options } = {}) => {
  const it = producer()
  await it.send({ messages: messages(topic, values, partition), ...options })
  await it.close()
}

/** Starts a member; `it.seen` are the messages that it got. */
export const member = async (
  topic,
  { groupId = `${topic}-${Math.random()}`, mode = MessagesStreamModes.EARLIEST, ...options } = {},
) => {
  const timeouts = options.groupProtocol ? {} : { sessionTimeout: 6000, rebalanceTimeout: 6000, heartbeatInterval: 500 }
  const it = new Consumer({
    ...base,
    groupId,
    maxWaitTime: 200,
    deserializers: stringDeserializers,
    ...timeouts,
    ...options,
  })
  it.seen = []
  it.stream = await it.consume({
    topics: [topic],
    mode,
    fallbackMode: 'earliest',
    autocommit: options.autocommit ?? 100,
  })
  it.stream.on('data', message => it.seen.push(message)).on('error', () => {})
  it.partitions = () => (it.assignments ?? []).flatMap(({ partitions }) => partitions).sort()
  return it
}

export const valuesOf = seen => seen.map(({ value }) => value)

/** Reads until a value was seen; what was read after it would be too much. */
export const readTo = async (topic, last, options) => {
  const it = await member(topic, options)
  await until(`${last} in ${topic}`, () => it.seen.some(({ value }) => value === last))
  await it.close(true)
  return it.seen
}

export const committed = async (groupId, topic) => {
  const [{ topics }] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
  const { partitions = [] } = topics.find(({ name }) => name === topic) ?? {}
  return partitions.map(({ committedOffset }) => Number(committedOffset))
}
