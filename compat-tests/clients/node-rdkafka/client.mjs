// node-rdkafka. What the scenarios are: ../scenarios.ts.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import rdkafka from 'node-rdkafka'
import {
  absent,
  bootstrap,
  check,
  expect,
  inOrder,
  kill,
  numbers,
  prefix,
  restart,
  run,
  until,
} from '../contract/contract.mjs'

const WAIT_MS = 30_000
const base = { 'metadata.broker.list': bootstrap }
const admin = rdkafka.AdminClient.create(base)
/** Calls a method that takes a callback. */
const call = (it, method, ...args) => promisify(it[method].bind(it))(...args)

const topicOf = async (name, partitions = 1, config = {}) => {
  const topic = prefix + name
  await call(admin, 'createTopic', { topic, num_partitions: partitions, replication_factor: 1, config })
  return topic
}

const producer = async (options = {}) => {
  const it = new rdkafka.Producer({ ...base, dr_cb: true, 'linger.ms': 5, ...options })
  it.failures = []
  it.on('event.error', () => {}).on('delivery-report', error => error && it.failures.push(error))
  it.connect()
  await once(it, 'ready')
  it.setPollInterval(10)
  return it
}
const produce = (it, topic, values, partition = 0) => {
  for (const value of values) it.produce(topic, partition, Buffer.from(value))
}
const flush = async it => {
  await call(it, 'flush', WAIT_MS)
  expect('failed deliveries', it.failures.map(String), [])
}
const send = async (topic, values, { partition = 0, ...options } = {}) => {
  const it = await producer(options)
  produce(it, topic, values, partition)
  await flush(it)
  it.disconnect()
}

/** Starts a member: what it has seen, its partitions, and those that were taken from it. */
const member = async (topic, { group = `${topic}-${Math.random()}`, ...options } = {}) => {
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
const valuesOf = seen => seen.map(({ value }) => textOf(value))
/** Reads until a value was seen; what was read after it would be too much. */
const readTo = async (topic, last, options) => {
  const it = await member(topic, options)
  await until(`${last} in ${topic}`, () => it.seen.some(({ value }) => textOf(value) === last))
  await it.close()
  return it.seen
}
/** By a consumer that joins no group. */
const withConsumer = async (group, work) => {
  const it = new rdkafka.KafkaConsumer({ ...base, 'group.id': group }, {})
  it.connect()
  await once(it, 'ready')
  const result = await work(it)
  await new Promise(done => it.disconnect(done))
  return result
}
const committed = async (group, topic, partitions = [0]) => {
  const asked = partitions.map(partition => ({ topic, partition }))
  const offsets = await withConsumer(group, it => call(it, 'committed', asked, WAIT_MS))
  return offsets.map(({ offset }) => Math.max(0, offset ?? 0))
}

const groupOf = async (name, options = {}) => {
  const group = await topicOf(name, 4)
  const first = await member(group, { group, ...options })
  await check('alone it has all partitions', () => until('4 partitions', () => first.partitions.size === 4))
  const second = await member(group, { group, ...options })
  const all = () => new Set([...first.partitions, ...second.partitions]).size
  const isShared = () => first.partitions.size === 2 && second.partitions.size === 2 && all() === 4
  await check('two share them', () => until('2 and 2', isShared))
  if (name === 'cooperative')
    await check('what stays was not revoked', () =>
      expect('revoked', [...first.revoked].sort(), [...second.partitions].sort()),
    )
  await check('each record goes to one of them', async () => {
    for (const partition of [0, 1, 2, 3]) await send(group, numbers(10, partition * 10), { partition })
    const seen = () => valuesOf([...first.seen, ...second.seen])
    await until('40 records', () => seen().length >= 40)
    expect('values', inOrder(seen()), numbers(40))
  })
  await second.close()
  await check('who stays has all again', () => until('4 partitions', () => first.partitions.size === 4))
  await first.close()
}

const crashOf = async (name, options) => {
  const group = await topicOf(name, 2)
  for (const partition of [0, 1]) await send(group, numbers(50, partition * 50), { partition })
  const it = await member(group, { group, 'enable.auto.commit': false, ...options })
  await until('all records', () => it.seen.length === 100)
  it.commitMessageSync(it.seen[39])
  await kill()
}
const resumeOf = async (name, options) => {
  const group = prefix + name
  await check('resumes where the killed one had committed', async () => {
    const from = await committed(group, group, [0, 1])
    const expected = [0, 1].flatMap(partition => numbers(50 - from[partition], partition * 50 + from[partition]))
    const it = await member(group, { group, ...options })
    await until('the rest', () => it.seen.length >= expected.length)
    await it.close()
    expect('values', inOrder(valuesOf(it.seen)), expected)
    return `from offsets ${from}`
  })
}

const begun = async id => {
  const it = await producer({ 'transactional.id': prefix + id })
  await call(it, 'initTransactions', WAIT_MS)
  await call(it, 'beginTransaction')
  return it
}
/** The first transaction is aborted. */
const copy = async () => {
  const [input, output] = [await topicOf('input'), await topicOf('output')]
  await send(input, numbers(20))
  const it = await begun('copy')
  for (const isGood of [false, true]) {
    const reader = await member(input, { group: input, 'enable.auto.commit': false })
    await until('the input', () => reader.seen.length >= 20)
    produce(it, output, valuesOf(reader.seen))
    await flush(it)
    await call(it, 'sendOffsetsToTransaction', [{ topic: input, partition: 0, offset: 20 }], reader, WAIT_MS)
    await call(it, isGood ? 'commitTransaction' : 'abortTransaction', WAIT_MS)
    if (!isGood) {
      expect('offsets after the abort', await committed(input, input), [0])
      await call(it, 'beginTransaction')
    }
    await reader.close()
  }
  await send(output, ['end'])
  expect('offsets', await committed(input, input), [20])
  expect('values', valuesOf(await readTo(output, 'end')), [...numbers(20), 'end'])
}
const fence = async topic => {
  const old = await begun('fence')
  produce(old, topic, ['old'])
  await flush(old)
  const young = await begun('fence')
  produce(young, topic, ['young'])
  const failure = await call(old, 'commitTransaction', WAIT_MS).then(
    () => 'none',
    error => error,
  )
  expect('the failure is fatal', failure.isFatal, true)
  await call(young, 'commitTransaction', WAIT_MS)
  expect('values', valuesOf(await readTo(topic, 'young')), ['c0', 'c1', 'end', 'young'])
}

const CONSUMER = { 'group.protocol': 'consumer' }
const scenarios = {
  async version() {
    const { version } = createRequire(import.meta.url)('node-rdkafka/package.json')
    await check('version', () => `${version} (librdkafka ${rdkafka.librdkafkaVersion})`)
  },

  async produce() {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    const kinds = codecs.flatMap(codec => ['0', '1', 'all'].map(acks => ({ codec, acks })))
    const topic = await topicOf('codecs', kinds.length)
    for (const [partition, { codec, acks }] of kinds.entries()) {
      await send(topic, ['first'], { partition })
      await send(topic, numbers(20), { partition, 'compression.codec': codec, acks })
    }
    const reader = await member(topic)
    await until('all records', () => reader.seen.length >= kinds.length * 21)
    await reader.close()
    for (const [partition, { codec, acks }] of kinds.entries()) {
      const seen = reader.seen.filter(message => message.partition === partition)
      await check(`${codec} acks=${acks}`, () => expect('values', valuesOf(seen), ['first', ...numbers(20)]))
    }
  },

  async values() {
    const topic = await topicOf('values')
    const headers = [{ one: 'first' }, { two: 'a' }, { two: 'b' }]
    const pairs = [
      [null, 'no key'],
      ['no value', null],
      ['', ''],
      [null, 'end'],
    ]
    const it = await producer()
    it.produce(topic, 0, Buffer.from('v'), 'k', 1_700_000_000_000, null, headers)
    for (const [key, value] of pairs) it.produce(topic, 0, value === null ? null : Buffer.from(value), key)
    await flush(it)
    const [first, ...others] = await readTo(topic, 'end')
    await check('headers', () => expect('headers', first.headers, headers))
    await check('timestamp', () => expect('timestamp', first.timestamp, 1_700_000_000_000))
    const read = others.map(({ key, value }) => [key ?? null, value ?? null])
    await check('null and empty', () => expect('pairs', read, pairs))
  },

  async idempotent() {
    const topic = await topicOf('idempotent')
    await check('each once, in order', async () => {
      await send(topic, numbers(1000), { 'enable.idempotence': true, 'batch.num.messages': 20 })
      expect('values', valuesOf(await readTo(topic, '999')), numbers(1000))
    })
  },

  async transactions() {
    const topic = await topicOf('transactions')
    const it = await begun('tx')
    produce(it, topic, ['a0', 'a1'])
    await flush(it)
    await call(it, 'abortTransaction', WAIT_MS)
    await call(it, 'beginTransaction')
    produce(it, topic, ['c0', 'c1'])
    await call(it, 'commitTransaction', WAIT_MS)
    await send(topic, ['end'])
    const read = async level => valuesOf(await readTo(topic, 'end', { 'isolation.level': level }))
    await check('read_committed', async () => expect('values', await read('read_committed'), ['c0', 'c1', 'end']))
    const all = ['a0', 'a1', 'c0', 'c1', 'end']
    await check('read_uncommitted', async () => expect('values', await read('read_uncommitted'), all))
    await check('copy with offsets', copy)
    await check('an older producer is fenced', () => fence(topic))
  },

  group: () => groupOf('group'),
  cooperative: () => groupOf('cooperative', { 'partition.assignment.strategy': 'cooperative-sticky' }),
  'consumer-group': () => groupOf('consumer-group', CONSUMER),
  crash: () => crashOf('crash', {}),
  resume: () => resumeOf('crash', {}),
  'consumer-crash': () => crashOf('consumer-crash', CONSUMER),
  'consumer-resume': () => resumeOf('consumer-crash', CONSUMER),

  async static() {
    const group = await topicOf('static', 4)
    const join = name => member(group, { group, 'group.instance.id': name })
    const [first, second] = [await join('a'), await join('b')]
    await until('2 and 2', () => first.partitions.size === 2 && second.partitions.size === 2)
    const before = [...second.partitions]
    first.revoked.clear()
    await second.close()
    await check('comes back to its partitions', async () => {
      const again = await join('b')
      await until('2 again', () => again.partitions.size === 2)
      expect('partitions', [...again.partitions], before)
      expect('revoked of the other', [...first.revoked], [])
    })
  },

  async topics() {
    const topic = await topicOf('topics', 2)
    const it = await producer()
    const described = async () => (await call(it, 'getMetadata', {})).topics.find(({ name }) => name === topic)
    await check('created', async () => expect('partitions', (await described()).partitions.length, 2))
    await check('an existing one is not created', async () => {
      const failure = await topicOf('topics').then(
        () => 'none',
        error => error.code,
      )
      expect('code', failure, rdkafka.CODES.ERRORS.ERR_TOPIC_ALREADY_EXISTS)
    })
    await check('partitions are added', async () => {
      await call(admin, 'createPartitions', topic, 5)
      await until('5 partitions', async () => (await described()).partitions.length === 5)
    })
    absent('configs', 'node-rdkafka neither describes nor alters them')
    await check('deleted', async () => {
      await call(admin, 'deleteTopic', topic)
      await until('it is gone', async () => (await described()) === undefined)
    })
  },
  groups: () => absent('groups', 'node-rdkafka has no administration of groups'),
  'delete-records': () => absent('records are deleted', 'node-rdkafka has no DeleteRecords'),

  async times() {
    const topic = await topicOf('times')
    const it = await producer()
    const at = n => 1_700_000_000_000 + n * 1000
    for (const n of [0, 1, 2, 3]) it.produce(topic, 0, Buffer.from(String(n)), null, at(n))
    await flush(it)
    const offsetAt = async time =>
      (await call(it, 'offsetsForTimes', [{ topic, partition: 0, offset: time }], WAIT_MS))[0].offset
    await check('the first record at or after a time', async () => {
      expect('offsets', [await offsetAt(at(2)), await offsetAt(at(2) - 1)], [2, 2])
    })
    await check('first and last', async () => {
      const { lowOffset, highOffset } = await call(it, 'queryWatermarkOffsets', topic, 0, WAIT_MS)
      expect('offsets', [lowOffset, highOffset], [0, 4])
    })
  },

  async compacted() {
    const wanted = { ...Object.fromEntries(numbers(10).map(key => [key, 'new'])), last: 'end' }
    await check('read to the end', () =>
      until('compaction', async () => {
        const seen = await readTo(`${prefix}compacted`, 'end')
        expect('values', Object.fromEntries(seen.map(({ key, value }) => [key, String(value)])), wanted)
        return seen.length === 11
      }),
    )
  },

  async restart() {
    const topic = await topicOf('restart')
    await check('nothing lost, nothing twice', async () => {
      const [it, reader] = [await producer({ 'enable.idempotence': true }), await member(topic)]
      let [sent, isRestarted] = [0, false]
      for (let last = 100; sent < last; sent++) {
        produce(it, topic, [String(sent)])
        await delay(2)
        if (sent === 50)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 100
      }
      await flush(it)
      await until('all records', () => reader.seen.length >= sent)
      await reader.close()
      expect('values', valuesOf(await readTo(topic, String(sent - 1))), numbers(sent))
      return `${sent} records`
    })
  },
}

await run(scenarios)
