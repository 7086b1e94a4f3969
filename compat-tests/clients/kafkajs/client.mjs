// kafkajs. What the scenarios are: ../scenarios.ts. How a program speaks with its runner: ../scenario-run.ts.
import { createRequire } from 'node:module'
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'
import snappy from 'snappyjs'
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

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs
const kafka = new Kafka({
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { retries: 100, maxRetryTime: 1000 },
})
const admin = kafka.admin()

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

const messages = (values, partition = 0) => values.map(value => ({ partition, value }))
const failureOf = async promise =>
  (
    await promise.then(
      () => null,
      error => error,
    )
  )?.type ?? 'no error'

const topicOf = async (name, numPartitions = 1, configEntries = []) => {
  const topic = prefix + name
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] })
  return topic
}
const producer = async options => {
  const it = kafka.producer(options)
  await it.connect()
  return it
}
/** Starts a member; `it.seen` are the messages that it got, `it.partitions` what it was assigned last. */
const consumer = async (topic, { run = {}, ...options } = {}) => {
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
const textOf = ({ value }) => value && String(value)
/** Reads until a value was seen; what was read after it would be too much. */
const readTo = async (topic, last, options) => {
  const it = await consumer(topic, options)
  await until(`${last} in ${topic}`, () => it.seen.some(message => textOf(message) === last))
  await it.disconnect()
  return it.seen
}
const send = async (topic, values, options = {}) => {
  const it = await producer(options)
  await it.send({ topic, messages: messages(values) })
  await it.disconnect()
}
const committed = async (groupId, topic) => {
  const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return partitions.sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset))
}

const scenarios = {
  async version() {
    await check('version', () => createRequire(import.meta.url)('kafkajs/package.json').version)
  },

  async produce() {
    const codecs = ['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD']
    const kinds = codecs.flatMap(codec => [0, 1, -1].map(acks => ({ codec, acks })))
    const topic = await topicOf('codecs', kinds.length)
    const it = await producer()
    const first = kinds.map((_, partition) => ({ partition, value: 'first' }))
    await it.send({ topic, messages: first })
    for (const [partition, { codec, acks }] of kinds.entries())
      await it.send({ topic, acks, compression: CompressionTypes[codec], messages: messages(numbers(20), partition) })
    await it.disconnect()
    const reader = await consumer(topic)
    await until('all records', () => reader.seen.length >= kinds.length * 21)
    await reader.disconnect()
    for (const [partition, { codec, acks }] of kinds.entries()) {
      const values = reader.seen.filter(message => message.partition === partition).map(textOf)
      await check(`${codec} acks=${acks}`, () => expect('values', values, ['first', ...numbers(20)]))
    }
  },

  async values() {
    const topic = await topicOf('values')
    const it = await producer()
    const headers = { one: 'first', two: ['a', 'b'], empty: '' }
    const sent = [
      { key: 'k', value: 'v', headers, timestamp: '1700000000000' },
      { key: null, value: 'no key' },
    ]
    await it.send({
      topic,
      messages: [...sent, { key: 'no value', value: null }, { key: '', value: '' }, { value: 'end' }],
    })
    await it.disconnect()
    const [first, ...others] = await readTo(topic, 'end')
    await check('headers', () =>
      expect(
        'headers',
        JSON.parse(JSON.stringify(first.headers, (_, it) => (it?.type === 'Buffer' ? String(Buffer.from(it)) : it))),
        headers,
      ),
    )
    await check('timestamp', () => expect('timestamp', first.timestamp, '1700000000000'))
    const pairs = others.map(({ key, value }) => [key && String(key), value && String(value)])
    await check('null and empty', () =>
      expect('pairs', pairs, [
        [null, 'no key'],
        ['no value', null],
        ['', ''],
        [null, 'end'],
      ]),
    )
  },

  async idempotent() {
    const topic = await topicOf('idempotent')
    await check('each once, in order', async () => {
      const it = await producer({ idempotent: true, maxInFlightRequests: 1 })
      for (const value of numbers(200)) await it.send({ topic, messages: messages([value]) })
      await it.disconnect()
      expect('values', (await readTo(topic, '199')).map(textOf), numbers(200))
    })
  },

  async transactions() {
    const options = id => ({ transactionalId: prefix + id, maxInFlightRequests: 1, idempotent: true })
    const topic = await topicOf('transactions')
    const it = await producer(options('tx'))
    const aborted = await it.transaction()
    await aborted.send({ topic, messages: messages(['a0', 'a1']) })
    await aborted.abort()
    const good = await it.transaction()
    await good.send({ topic, messages: messages(['c0', 'c1']) })
    await good.commit()
    await it.disconnect()
    await send(topic, ['end'])
    await check('read_committed', async () =>
      expect('values', (await readTo(topic, 'end')).map(textOf), ['c0', 'c1', 'end']),
    )
    await check('read_uncommitted', async () => {
      const seen = await readTo(topic, 'end', { readUncommitted: true })
      expect('values', seen.map(textOf), ['a0', 'a1', 'c0', 'c1', 'end'])
    })
    await check('copy with offsets', async () => {
      const [input, output, groupId] = [await topicOf('input'), await topicOf('output'), `${prefix}copy`]
      await send(input, numbers(20))
      const copier = await producer(options('copy'))
      let attempts = 0
      const eachBatch = async ({ batch }) => {
        const transaction = await copier.transaction()
        await transaction.send({ topic: output, messages: messages(batch.messages.map(textOf)) })
        const partitions = [{ partition: 0, offset: String(Number(batch.lastOffset()) + 1) }]
        await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: input, partitions }] })
        if (attempts++ > 0) return transaction.commit()
        await transaction.abort()
        throw new kafkajs.KafkaJSError('again', { retriable: true })
      }
      const member = await consumer(input, {
        groupId,
        run: { autoCommit: false, eachBatch, eachBatchAutoResolve: true },
      })
      await until('the input is copied', async () => (await committed(groupId, input))[0] === 20)
      await member.disconnect()
      await copier.disconnect()
      await send(output, ['end'])
      expect('values', (await readTo(output, 'end')).map(textOf), [...numbers(20), 'end'])
    })
    await check('an older producer is fenced', async () => {
      const old = await producer(options('fence'))
      const begun = await old.transaction()
      await begun.send({ topic, messages: messages(['old']) })
      const young = await producer(options('fence'))
      const transaction = await young.transaction()
      await transaction.send({ topic, messages: messages(['young']) })
      const failure = await failureOf(begun.commit())
      if (!/INVALID_PRODUCER_EPOCH|PRODUCER_FENCED/.test(failure)) throw new Error(`the older one: ${failure}`)
      await transaction.commit()
      expect('values', (await readTo(topic, 'young')).map(textOf), ['c0', 'c1', 'end', 'young'])
    })
  },

  async group() {
    const [topic, groupId] = [await topicOf('group', 4), `${prefix}group`]
    const first = await consumer(topic, { groupId })
    await check('alone it has all partitions', () => until('4 partitions', () => first.partitions.length === 4))
    const second = await consumer(topic, { groupId })
    const all = () => [...first.partitions, ...second.partitions].sort()
    await check('two share them', () =>
      until('2 and 2', () => first.partitions.length === 2 && all().join() === '0,1,2,3'),
    )
    await check('each record goes to one of them', async () => {
      const it = await producer()
      for (const partition of [0, 1, 2, 3])
        await it.send({ topic, messages: messages(numbers(10, partition * 10), partition) })
      await it.disconnect()
      const seen = () => [...first.seen, ...second.seen].map(textOf)
      await until('40 records', () => seen().length >= 40)
      expect('values', inOrder(seen()), numbers(40))
    })
    await second.disconnect()
    await check('who stays has all again', () => until('4 partitions', () => first.partitions.length === 4))
    await first.disconnect()
  },

  async crash() {
    const topic = await topicOf('crash', 2)
    const it = await producer()
    for (const partition of [0, 1]) await it.send({ topic, messages: messages(numbers(50, partition * 50), partition) })
    let [seen, isCommitted] = [0, false]
    const eachMessage = async ({ partition, message }) => {
      if (++seen < 40) return
      await member.commitOffsets([{ topic, partition, offset: String(Number(message.offset) + 1) }])
      isCommitted = true
      await new Promise(() => {})
    }
    const member = await consumer(topic, { groupId: `${prefix}crash`, run: { autoCommit: false, eachMessage } })
    await until('a commit', () => isCommitted)
    await kill()
  },
  async resume() {
    const [topic, groupId] = [`${prefix}crash`, `${prefix}crash`]
    const from = (await committed(groupId, topic)).map(offset => Math.max(offset, 0))
    await check('resumes where the killed one had committed', async () => {
      const member = await consumer(topic, { groupId })
      const wanted = 100 - from[0] - from[1]
      await until(`${wanted} records`, () => member.seen.length >= wanted)
      await member.disconnect()
      const expected = [0, 1].flatMap(partition => numbers(50 - from[partition], partition * 50 + from[partition]))
      expect('values', inOrder(member.seen.map(textOf)), expected)
      return `from offsets ${from}`
    })
  },

  async cooperative() {
    absent('cooperative-sticky', 'kafkajs has eager assignors only')
  },
  async static() {
    absent('static members', 'kafkajs has no group.instance.id')
  },
  async 'consumer-group'() {
    absent('group.protocol=consumer', 'kafkajs has the classic protocol only')
  },
  async 'consumer-crash'() {
    absent('group.protocol=consumer', 'kafkajs has the classic protocol only')
  },

  async topics() {
    const topic = await topicOf('topics', 2, [{ name: 'retention.ms', value: '1000000' }])
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic }
    const configOf = async name => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ ...resource, configNames: [name] }],
      })
      return resources[0].configEntries.find(entry => entry.configName === name).configValue
    }
    const partitions = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length
    await check('created', async () => expect('partitions', await partitions(), 2))
    await check('an existing one is not created', async () =>
      expect('created', await admin.createTopics({ topics: [{ topic }] }), false),
    )
    await check('partitions are added', async () => {
      await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
      expect('partitions', await partitions(), 5)
    })
    await check('configs', async () => {
      expect('as created', await configOf('retention.ms'), '1000000')
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ ...resource, configEntries: [{ name: 'retention.ms', value: '2000000' }] }],
      })
      expect('altered', await configOf('retention.ms'), '2000000')
    })
    await check('deleted', async () => {
      await admin.deleteTopics({ topics: [topic] })
      await until('it is gone', async () => !(await admin.listTopics()).includes(topic))
    })
  },

  async groups() {
    const [topic, groupId] = [await topicOf('groups'), `${prefix}groups`]
    await send(topic, numbers(10))
    const member = await consumer(topic, { groupId })
    await check('described', async () => {
      await until('a member', async () => (await admin.describeGroups([groupId])).groups[0].state === 'Stable')
      expect('members', (await admin.describeGroups([groupId])).groups[0].members.length, 1)
    })
    await until('10 records', () => member.seen.length === 10)
    await member.disconnect()
    await check('listed', async () =>
      expect(
        'listed',
        (await admin.listGroups()).groups.some(group => group.groupId === groupId),
        true,
      ),
    )
    await check('offsets', async () => expect('offsets', await committed(groupId, topic), [10]))
    await check('offsets altered', async () => {
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '4' }] })
      expect('offsets', await committed(groupId, topic), [4])
    })
    absent('offsets deleted', 'kafkajs has no OffsetDelete')
    await check('deleted', async () => {
      await admin.deleteGroups([groupId])
      expect(
        'listed',
        (await admin.listGroups()).groups.some(group => group.groupId === groupId),
        false,
      )
    })
  },

  async 'delete-records'() {
    const topic = await topicOf('deleted')
    await send(topic, numbers(10))
    await check('records are deleted', async () => {
      // It finds leaders of topics only that it has asked for.
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] })
      const [{ low, high }] = await admin.fetchTopicOffsets(topic)
      expect('offsets', [low, high], ['6', '10'])
      expect('values', (await readTo(topic, '9')).map(textOf), numbers(4, 6))
    })
  },

  async times() {
    const topic = await topicOf('times')
    const it = await producer()
    const at = n => String(1_700_000_000_000 + n * 1000)
    for (const n of [0, 1, 2, 3]) await it.send({ topic, messages: [{ value: String(n), timestamp: at(n) }] })
    await it.disconnect()
    const offsetAt = async time => (await admin.fetchTopicOffsetsByTimestamp(topic, time))[0].offset
    await check('the first record at or after a time', async () => {
      expect('exact', await offsetAt(Number(at(2))), '2')
      expect('between', await offsetAt(Number(at(2)) - 1), '2')
      expect('after the last', await offsetAt(Number(at(4))), '4')
    })
    await check('first and last', async () => {
      const [{ low, high }] = await admin.fetchTopicOffsets(topic)
      expect('offsets', [low, high], ['0', '4'])
    })
  },

  async compacted() {
    const topic = `${prefix}compacted`
    await check('read to the end', async () => {
      let records = 0
      await until('compaction', async () => {
        const seen = await readTo(topic, 'end')
        expect('values', Object.fromEntries(seen.map(({ key, value }) => [key, String(value)])), {
          ...Object.fromEntries(numbers(10).map(n => [n, 'new'])),
          last: 'end',
        })
        records = seen.length
        return records === 11
      })
      return `${records} records`
    })
  },

  async restart() {
    const topic = await topicOf('restart')
    await check('nothing lost, nothing twice', async () => {
      const it = await producer({ idempotent: true, maxInFlightRequests: 1 })
      const reader = await consumer(topic)
      let [sent, isRestarted] = [0, false]
      for (let last = 100; sent < last; sent++) {
        await it.send({ topic, messages: messages([String(sent)]) })
        if (sent === 50)
          restart().then(() => {
            isRestarted = true
          })
        if (!isRestarted) last = sent + 100
      }
      await it.disconnect()
      await until('all records', () => reader.seen.length >= sent)
      await reader.disconnect()
      expect('read on', [...new Set(reader.seen.map(textOf))].length, sent)
      expect('values', (await readTo(topic, String(sent - 1))).map(textOf), numbers(sent))
      return `${sent} records`
    })
  },
}

await admin.connect()
await run(scenarios)
