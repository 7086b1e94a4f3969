// What many scenarios do with the broker.
import { once } from 'node:events'
import { promisify } from 'node:util'
import rdkafka from 'node-rdkafka'
import { bootstrap, expect, prefix, until } from '../contract/contract.mjs'

export const WAIT_MS = 30_000

const base = { 'metadata.broker.list': bootstrap }

export const admin = rdkafka.AdminClient.create(base)

/** Calls a method that takes a callback. */
export const call = (it, method, ...args) => promisify(it[method].bind(it))(...args)

export const topicOf = async (name, partitions = 1, config = {}) => {
  const topic = prefix + name
  await call(admin, 'createTopic', { topic, num_partitions: partitions, replication_factor: 1, config })
  return topic
}

export const producer = async (options = {}) => {
  const it = new rdkafka.Producer({ ...base, dr_cb: true, 'linger.ms': 5, ...options })
  it.failures = []
  it.on('event.error', () => {}).on('delivery-report', error => error && it.failures.push(error))
  it.connect()
  await once(it, 'ready')
  it.setPollInterval(10)
  return it
}

export const produce = (it, topic, values, partition = 0) => {
  for (const value of values) it.produce(topic, partition, Buffer.from(value))
}

export const flush = async it => {
  await call(it, 'flush', WAIT_MS)
  expect('failed deliveries', it.failures.map(String), [])
}

export const send = async (topic, values, { partition = 0, ...options } = {}) => {
  const it = await producer(options)
  produce(it, topic, values, partition)
  await flush(it)
  it.disconnect()
}

/** Starts a member: what it has seen, its partitions, and those that were taken from it. */
export const member = async (topic, { group = `${topic}-${Math.random()}`, ...options } = {}) => {
  const timeouts = options['group.protocol'] ? {} : { 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 500 }
  const config = { ...base, 'group.id': group, rebalance_cb: true, ...timeouts, ...options }
  const it = new rdkafka.KafkaConsumer(config, { 'auto.offset.reset': 'earliest' })
  Object.assign(it, { seen: [], partitions: new Set(), revoked: new Set() })
  it.on('event.error', () => {}).on('rebalance', ({ code }, assignment) => {
    const isRevoked = code === rdkafka.CODES.ERRORS.ERR__REVOKE_PARTITIONS
    for (const { partition } of assignment) {
      it.partitions[isRevoked ? 'delete' : 'add'](partition)
      if (isRevoked) it.revoked.add(partition)
    }
  })
  it.setDefaultConsumeTimeout(50)
  it.setDefaultConsumeLoopTimeoutDelay(10)
  it.connect()
  await once(it, 'ready')
  it.on('data', message => it.seen.push(message))
  it.subscribe([topic])
  it.consume()
  it.close = () => new Promise(done => it.disconnect(done))
  return it
}

const textOf = value => value && String(value)

export const valuesOf = seen => seen.map(({ value }) => textOf(value))

/** Reads until a value was seen; what was read after it would be too much. */
export const readTo = async (topic, last, options) => {
  const it = await member(topic, options)
  await until(`${last} in ${topic}`, () => it.seen.some(({ value }) => textOf(value) === last))
  await it.close()
  return it.seen
}

/** By a consumer that joins no group. */
export const withConsumer = async (group, work) => {
  const it = new rdkafka.KafkaConsumer({ ...base, 'group.id': group }, {})
  it.connect()
  await once(it, 'ready')
  const result = await work(it)
  await new Promise(done => it.disconnect(done))
  return result
}

export const committed = async (group, topic, partitions = [0]) => {
  const asked = partitions.map(partition => ({ topic, partition }))
  const offsets = await withConsumer(group, it => call(it, 'committed', asked, WAIT_MS))
  return offsets.map(({ offset }) => Math.max(0, offset ?? 0))
}
