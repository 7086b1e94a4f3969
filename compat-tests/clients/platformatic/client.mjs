// @platformatic/kafka. What the scenarios are: ../scenarios.ts.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
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

const base = { clientId: 'compat', bootstrapBrokers: [bootstrap], retries: 600, retryDelay: 100 }
const admin = new Admin(base)
const TOPIC = 2
const SET = 0

const topicOf = async (name, partitions = 1, configs = []) => {
  const topic = prefix + name
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs })
  return topic
}
const producer = options => new Producer({ ...base, serializers: stringSerializers, ...options })
const messages = (topic, values, partition = 0) => values.map(value => ({ topic, partition, value }))
const send = async (topic, values, { partition = 0, ...options } = {}) => {
  const it = producer()
  await it.send({ messages: messages(topic, values, partition), ...options })
  await it.close()
}

/** Starts a member; `it.seen` are the messages that it got. */
const member = async (
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
const valuesOf = seen => seen.map(({ value }) => value)
/** Reads until a value was seen; what was read after it would be too much. */
const readTo = async (topic, last, options) => {
  const it = await member(topic, options)
  await until(`${last} in ${topic}`, () => it.seen.some(({ value }) => value === last))
  await it.close(true)
  return it.seen
}
const committed = async (groupId, topic) => {
  const [{ topics }] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
  const { partitions = [] } = topics.find(({ name }) => name === topic) ?? {}
  return partitions.map(({ committedOffset }) => Number(committedOffset))
}

const groupOf = async (name, options) => {
  const groupId = await topicOf(name, 4)
  const join = () => member(groupId, { groupId, mode: MessagesStreamModes.COMMITTED, ...options })
  const first = await join()
  await check('alone it has all partitions', () => until('4 partitions', () => first.partitions().length === 4))
  if (options.groupProtocol)
    await check('it is a consumer group', async () => {
      expect('listed', (await admin.listGroups({ types: ['consumer'] })).has(groupId), true)
    })
  const second = await join()
  const all = () => [...first.partitions(), ...second.partitions()].sort()
  await check('two share them', () =>
    until('2 and 2', () => first.partitions().length === 2 && all().join() === '0,1,2,3'),
  )
  await check('each record goes to one of them', async () => {
    for (const partition of [0, 1, 2, 3]) await send(groupId, numbers(10, partition * 10), { partition })
    const seen = () => valuesOf([...first.seen, ...second.seen])
    await until('40 records', () => seen().length >= 40)
    expect('values', inOrder(seen()), numbers(40))
  })
  await second.close(true)
  await check('who stays has all again', () => until('4 partitions', () => first.partitions().length === 4))
  await first.close(true)
}

const crashOf = async (name, options) => {
  const groupId = await topicOf(name, 2)
  for (const partition of [0, 1]) await send(groupId, numbers(50, partition * 50), { partition })
  const it = await member(groupId, { groupId, autocommit: false, mode: MessagesStreamModes.COMMITTED, ...options })
  await until('all records', () => it.seen.length === 100)
  const { topic, partition, offset } = it.seen[39]
  await it.commit({ offsets: [{ topic, partition, offset: offset + 1n, leaderEpoch: 0 }] })
  await kill()
}
const resumeOf = async (name, options) => {
  const groupId = prefix + name
  await check('resumes where the killed one had committed', async () => {
    const [{ topics }] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
    const from = [0, 0]
    for (const { partitionIndex, committedOffset } of topics[0].partitions)
      from[partitionIndex] = Math.max(Number(committedOffset), 0)
    const it = await member(groupId, { groupId, mode: MessagesStreamModes.COMMITTED, ...options })
    const expected = [0, 1].flatMap(partition => numbers(50 - from[partition], partition * 50 + from[partition]))
    await until(`${expected.length} records`, () => it.seen.length >= expected.length)
    await it.close(true)
    expect('values', inOrder(valuesOf(it.seen)), expected)
    return `from offsets ${from}`
  })
}

const transactional = id => producer({ transactionalId: prefix + id, idempotent: true, acks: -1 })
const copy = async () => {
  const [input, output] = [await topicOf('input'), await topicOf('output')]
  await send(input, numbers(20))
  const copier = transactional('copy')
  for (const isGood of [false, true]) {
    const reader = await member(input, { groupId: input, autocommit: false, mode: MessagesStreamModes.COMMITTED })
    await until('the input', () => reader.seen.length >= 20)
    const transaction = await copier.beginTransaction()
    await transaction.addConsumer(reader)
    await transaction.send({ messages: messages(output, valuesOf(reader.seen)) })
    await transaction.addOffset(reader.seen.at(-1))
    await (isGood ? transaction.commit() : transaction.abort())
    await reader.close(true)
    if (!isGood)
      expect(
        'offsets after the abort',
        (await committed(input, input)).filter(offset => offset >= 0),
        [],
      )
  }
  await copier.close()
  await send(output, ['end'])
  expect('offsets', await committed(input, input), [20])
  expect('values', valuesOf(await readTo(output, 'end', { isolationLevel: 1 })), [...numbers(20), 'end'])
}
const fence = async topic => {
  const [old, young] = [transactional('fence'), transactional('fence')]
  const begun = await old.beginTransaction()
  await begun.send({ messages: messages(topic, ['old']) })
  // It would ask for the producer id 0, which is that of no producer here.
  const transaction = await young.beginTransaction({ producerId: -1n, producerEpoch: -1 })
  await transaction.send({ messages: messages(topic, ['young']) })
  const failure = await begun.commit().then(
    () => 'none',
    error => JSON.stringify([error, ...(error.errors ?? [])]) + error.stack,
  )
  if (!/PRODUCER_FENCED|INVALID_PRODUCER_EPOCH/.test(failure)) throw new Error(`the older one: ${failure}`)
  await transaction.commit()
  expect('values', valuesOf(await readTo(topic, 'young', { isolationLevel: 1 })), ['c0', 'c1', 'end', 'young'])
}

const staticMember = (groupId, groupInstanceId) =>
  member(groupId, { groupId, groupInstanceId, mode: MessagesStreamModes.COMMITTED })

const CONSUMER = { groupProtocol: 'consumer' }
const scenarios = {
  async version() {
    const file = new URL('./node_modules/@platformatic/kafka/package.json', import.meta.url)
    await check('version', () => JSON.parse(readFileSync(file)).version)
  },

  async produce() {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    const kinds = codecs.flatMap(compression => [0, 1, -1].map(acks => ({ compression, acks })))
    const topic = await topicOf('codecs', kinds.length)
    for (const [partition, kind] of kinds.entries()) {
      await send(topic, ['first'], { partition })
      await send(topic, numbers(20), { partition, ...kind })
    }
    const reader = await member(topic)
    await until('all records', () => reader.seen.length >= kinds.length * 21)
    await reader.close(true)
    for (const [partition, { compression, acks }] of kinds.entries()) {
      const seen = reader.seen.filter(message => message.partition === partition)
      await check(`${compression} acks=${acks}`, () => expect('values', valuesOf(seen), ['first', ...numbers(20)]))
    }
  },

  async values() {
    const topic = await topicOf('values')
    const it = producer({ serializers: undefined })
    const bytes = text => text && Buffer.from(text)
    const headers = [
      ['one', 'first'],
      ['two', 'a'],
    ]
    const pairs = [
      [undefined, 'no key'],
      ['no value', undefined],
      [undefined, 'end'],
    ]
    const first = {
      key: bytes('k'),
      value: bytes('v'),
      headers: new Map(headers.map(pair => pair.map(bytes))),
      timestamp: 1700000000000n,
    }
    for (const message of [first, ...pairs.map(([key, value]) => ({ key: bytes(key), value: bytes(value) }))])
      await it.send({ messages: [{ topic, ...message }] })
    await it.close()
    const [seen, ...others] = await readTo(topic, 'end')
    await check('headers', () => expect('headers', [...seen.headers], headers))
    await check('timestamp', () => expect('timestamp', String(seen.timestamp), '1700000000000'))
    const read = others.map(({ key, value }) => [key ?? null, value ?? null])
    await check('null', () => expect('pairs', read, pairs))
  },

  async idempotent() {
    const topic = await topicOf('idempotent')
    await check('each once, in order', async () => {
      const it = producer({ idempotent: true })
      for (const value of numbers(200)) await it.send({ messages: messages(topic, [value]) })
      await it.close()
      expect('values', valuesOf(await readTo(topic, '199')), numbers(200))
    })
  },

  async transactions() {
    const topic = await topicOf('transactions')
    const it = transactional('tx')
    const aborted = await it.beginTransaction()
    await aborted.send({ messages: messages(topic, ['a0', 'a1']) })
    await aborted.abort()
    const good = await it.beginTransaction()
    await good.send({ messages: messages(topic, ['c0', 'c1']) })
    await good.commit()
    await it.close()
    await send(topic, ['end'])
    const read = async isolationLevel => valuesOf(await readTo(topic, 'end', { isolationLevel }))
    await check('read_committed', async () => expect('values', await read(1), ['c0', 'c1', 'end']))
    await check('read_uncommitted', async () => expect('values', await read(0), ['a0', 'a1', 'c0', 'c1', 'end']))
    await check('copy with offsets', copy)
    await check('an older producer is fenced', () => fence(topic))
  },

  group: () => groupOf('group', {}),
  'consumer-group': () => groupOf('consumer-group', CONSUMER),
  crash: () => crashOf('crash', {}),
  resume: () => resumeOf('crash', {}),
  'consumer-crash': () => crashOf('consumer-crash', CONSUMER),
  'consumer-resume': () => resumeOf('consumer-crash', CONSUMER),
  cooperative: () => absent('cooperative-sticky', 'its assignors are eager'),

  async static() {
    const groupId = await topicOf('static', 4)
    // Members leave when they are closed, static ones too; so this one is killed.
    const start = () => spawn(process.execPath, ['client.mjs', bootstrap, 'static-member', prefix], { stdio: 'ignore' })
    const assigned = async () => {
      const { members } = (await admin.describeGroups({ groups: [groupId] })).get(groupId)
      const member = [...members.values()].find(({ groupInstanceId }) => groupInstanceId === 'b')
      return [member?.id, member?.assignments.get(groupId)?.partitions]
    }
    const first = await staticMember(groupId, 'a')
    const second = start()
    await until('2 and 2', async () => first.partitions().length === 2 && (await assigned())[1]?.length === 2)
    const [[id, before], generation] = [await assigned(), first.generationId]
    second.kill('SIGKILL')
    await check('comes back to its partitions', async () => {
      const again = start()
      await until('it is back', async () => (await assigned())[0] !== id)
      again.kill('SIGKILL')
      expect('partitions', (await assigned())[1], before)
      expect('generation of the other', first.generationId, generation)
    })
  },
  async 'static-member'() {
    await staticMember(`${prefix}static`, 'b')
    await new Promise(() => {})
  },

  async topics() {
    const topic = await topicOf('topics', 2, [{ name: 'retention.ms', value: '1000000' }])
    const resource = { resourceType: TOPIC, resourceName: topic }
    const retention = async () =>
      (await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: ['retention.ms'] }] }))[0].configs[0]
        .value
    const partitions = async () =>
      (await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic).partitionsCount
    await check('created', async () => expect('partitions', await partitions(), 2))
    await check('an existing one is not created', async () => {
      const failure = await topicOf('topics').then(
        () => 'none',
        error => String(error),
      )
      if (!failure.includes('already exists')) throw new Error(failure)
    })
    await check('partitions are added', async () => {
      await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] })
      expect('partitions', await partitions(), 5)
    })
    await check('configs', async () => {
      expect('as created', await retention(), '1000000')
      const configs = [{ name: 'retention.ms', configOperation: SET, value: '2000000' }]
      await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs }] })
      expect('altered', await retention(), '2000000')
    })
    await check('deleted', async () => {
      await admin.deleteTopics({ topics: [topic] })
      await until('it is gone', async () => !(await admin.listTopics()).includes(topic))
    })
  },

  async groups() {
    const topic = await topicOf('groups')
    await send(topic, numbers(10))
    const it = await member(topic, { groupId: topic })
    await until('10 records', () => it.seen.length === 10)
    await check('described', async () => {
      const { state, members } = (await admin.describeGroups({ groups: [topic] })).get(topic)
      expect('state and members', [state, members.size], ['Stable', 1])
    })
    await until('the commit', async () => (await committed(topic, topic))[0] === 10)
    await it.close(true)
    const isListed = async () => (await admin.listGroups()).has(topic)
    await check('listed', async () => expect('listed', await isListed(), true))
    await check('offsets', async () => expect('offsets', await committed(topic, topic), [10]))
    await check('offsets altered', async () => {
      await admin.alterConsumerGroupOffsets({
        groupId: topic,
        topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 4n }] }],
      })
      expect('offsets', await committed(topic, topic), [4])
    })
    await check('offsets deleted', async () => {
      await admin.deleteConsumerGroupOffsets({ groupId: topic, topics: [{ name: topic, partitionIndexes: [0] }] })
      expect('offsets', await committed(topic, topic), [])
    })
    await check('deleted', async () => {
      await admin.deleteGroups({ groups: [topic] })
      expect('listed', await isListed(), false)
    })
  },

  async 'delete-records'() {
    const topic = await topicOf('deleted')
    await send(topic, numbers(10))
    await check('records are deleted', async () => {
      const [deleted] = await admin.deleteRecords({
        topics: [{ name: topic, partitions: [{ partition: 0, offset: 6n }] }],
      })
      expect('low watermark', Number(deleted.partitions[0].lowWatermark), 6)
      expect('values', valuesOf(await readTo(topic, '9')), numbers(4, 6))
    })
  },

  async times() {
    const topic = await topicOf('times')
    const it = producer()
    const at = n => 1_700_000_000_000n + BigInt(n) * 1000n
    for (const n of [0, 1, 2, 3]) await it.send({ messages: [{ topic, value: String(n), timestamp: at(n) }] })
    await it.close()
    const offsetAt = async timestamp => {
      const [listed] = await admin.listOffsets({
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }],
      })
      return Number(listed.partitions[0].offset)
    }
    const offsets = times => Promise.all(times.map(offsetAt))
    await check('the first record at or after a time', async () =>
      expect('offsets', await offsets([at(2), at(2) - 1n, at(4)]), [2, 2, -1]),
    )
    await check('first, last, newest', async () => expect('offsets', await offsets([-2n, -1n, -3n]), [0, 4, 3]))
  },

  async compacted() {
    const wanted = { ...Object.fromEntries(numbers(10).map(key => [key, 'new'])), last: 'end' }
    await check('read to the end', () =>
      until('compaction', async () => {
        const seen = await readTo(`${prefix}compacted`, 'end')
        expect('values', Object.fromEntries(seen.map(({ key, value }) => [key, value])), wanted)
        return seen.length === 11
      }),
    )
  },

  async restart() {
    const topic = await topicOf('restart')
    await check('nothing lost, nothing twice', async () => {
      const [it, reader] = [producer({ idempotent: true }), await member(topic)]
      let [sent, isRestarted] = [0, false]
      for (let last = 100; sent < last; sent++) {
        await it.send({ messages: messages(topic, [String(sent)]) })
        if (sent === 50)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 100
      }
      await it.close()
      await until('all records', () => new Set(valuesOf(reader.seen)).size >= sent)
      await reader.close(true)
      expect('values', valuesOf(await readTo(topic, String(sent - 1))), numbers(sent))
      return `${sent} records`
    })
  },
}

await run(scenarios)
