import { ErrorCode } from '../../protocol/errors'
import { Metadata, type MetadataRequest } from '../../protocol/messages/03-metadata'
import type { InputOf } from '../../protocol/schema/message'
import { TestBroker } from '../support/test-broker'

type Request = InputOf<typeof MetadataRequest>

const {
  INVALID_REPLICATION_FACTOR,
  INVALID_REQUEST,
  INVALID_TOPIC_EXCEPTION,
  NONE,
  UNKNOWN_TOPIC_ID,
  UNKNOWN_TOPIC_OR_PARTITION,
} = ErrorCode
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const OTHER_ID = 'BAAAAAAAAAAAAAAAAAAAAA'
const VERSIONS = Array.from({ length: 14 }, (_, version) => version)
const NOT_ASKED = -0x80000000

let broker: TestBroker
let firstId: string

beforeAll(async () => {
  broker = await TestBroker.start({ settings: { 'num.partitions': '3', 'broker.rack': 'a' } })
  firstId = await broker.createTopic('first', { partitions: 2 })
  await broker.createTopic('second')
})

afterAll(() => broker.close())

const ask = (version: number, request: Request) => broker.ask(Metadata, version, request)

/** Asks about topics that nobody creates. */
const about = async (version: number, ...topics: NonNullable<Request['topics']>) =>
  (await ask(version, { topics, allowAutoTopicCreation: false })).topics

test.each(VERSIONS)('version %i tells brokers, topics and leaders', async version => {
  const response = await ask(version, { topics: [{ name: 'first' }] })
  expect(response).toEqual({
    throttleTimeMs: 0,
    brokers: [{ nodeId: 1, host: 'localhost', port: broker.port, rack: version < 1 ? null : 'a' }],
    clusterId: version < 2 ? null : expect.stringMatching(/^[\w-]{22}$/),
    controllerId: version < 1 ? -1 : 1,
    errorCode: NONE,
    clusterAuthorizedOperations: NOT_ASKED,
    topics: [
      {
        errorCode: NONE,
        name: 'first',
        topicId: version < 10 ? NO_ID : firstId,
        isInternal: false,
        topicAuthorizedOperations: NOT_ASKED,
        partitions: [0, 1].map(partitionIndex => ({
          errorCode: NONE,
          partitionIndex,
          leaderId: 1,
          leaderEpoch: version < 7 ? -1 : 0,
          replicaNodes: [1],
          isrNodes: [1],
          offlineReplicas: [],
        })),
      },
    ],
  })
})

test('all topics are asked for by an empty list in version 0, by none from version 1 on', async () => {
  const names = async (version: number, topics: Request['topics']) =>
    (await ask(version, { topics })).topics.map(({ name }) => name).sort()
  expect(await names(0, [])).toEqual(['first', 'second'])
  for (const version of VERSIONS.slice(1)) {
    expect(await names(version, null)).toEqual(['first', 'second'])
    expect(await names(version, [])).toEqual([])
  }
})

test.each(VERSIONS.slice(4))('version %i creates nothing when it is told so', async version => {
  expect(await about(version, { name: 'absent' })).toMatchObject([
    { name: 'absent', errorCode: UNKNOWN_TOPIC_OR_PARTITION, partitions: [], topicId: NO_ID },
  ])
  expect(await about(version, { name: 'absent' })).toMatchObject([{ errorCode: UNKNOWN_TOPIC_OR_PARTITION }])
})

test.each(VERSIONS)('version %i creates a topic on demand, and answers with its leaders', async version => {
  const name = `demanded-${version}`
  const { topics } = await ask(version, { topics: [{ name }], allowAutoTopicCreation: true })
  expect(topics).toMatchObject([
    { name, errorCode: NONE, partitions: [{ leaderId: 1 }, { leaderId: 1 }, { leaderId: 1 }] },
  ])
})

test('many clients that demand the same topic at once all get it', async () => {
  const clients = await Promise.all(Array.from({ length: 5 }, () => broker.connect()))
  const answers = await broker.until(
    Promise.all(clients.map(client => client.send(Metadata, 9, { topics: [{ name: 'wanted' }] }))),
  )
  for (const { topics } of answers) expect(topics).toMatchObject([{ errorCode: NONE, partitions: { length: 3 } }])
})

test('what cannot be created on demand says why', async () => {
  const { topics } = await ask(12, {
    topics: [{ name: 'a b' }, { name: '' }, { name: 'go.od' }],
  })
  expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['a b', INVALID_TOPIC_EXCEPTION],
    ['', INVALID_TOPIC_EXCEPTION],
    ['go.od', NONE],
  ])
  const colliding = await ask(12, { topics: [{ name: 'go_od' }] })
  expect(colliding.topics).toMatchObject([{ errorCode: INVALID_TOPIC_EXCEPTION, partitions: [] }])
})

test('more replicas than brokers by default: nothing can be created on demand', async () => {
  const lonely = await TestBroker.start({ settings: { 'default.replication.factor': '2' } })
  const { topics } = await lonely.ask(Metadata, 12, { topics: [{ name: 'demanded' }] })
  expect(topics).toMatchObject([{ name: 'demanded', errorCode: INVALID_REPLICATION_FACTOR, partitions: [] }])
  await lonely.close()
})

test.each([3, 12])('a broker that creates nothing on demand: version %i', async version => {
  const strict = await TestBroker.start({ settings: { 'auto.create.topics.enable': 'false' } })
  const { topics } = await strict.ask(Metadata, version, { topics: [{ name: 'demanded' }, { name: 'a b' }] })
  expect(topics).toMatchObject([
    { name: 'demanded', errorCode: UNKNOWN_TOPIC_OR_PARTITION },
    { name: 'a b', errorCode: INVALID_TOPIC_EXCEPTION },
  ])
  await strict.close()
})

test('internal topics are made as their coordinators want them, and marked', async () => {
  const small = await TestBroker.start({
    settings: { 'offsets.topic.num.partitions': '5', 'transaction.state.log.num.partitions': '4' },
  })
  const { topics } = await small.ask(Metadata, 12, {
    topics: [{ name: '__consumer_offsets' }, { name: '__transaction_state' }, { name: '__cluster_metadata' }],
  })
  expect(topics).toMatchObject([
    { name: '__consumer_offsets', errorCode: NONE, isInternal: true, partitions: { length: 5 } },
    { name: '__transaction_state', errorCode: NONE, isInternal: true, partitions: { length: 4 } },
    { name: '__cluster_metadata', errorCode: UNKNOWN_TOPIC_OR_PARTITION, partitions: [] },
  ])
  expect(small.partition('__consumer_offsets').log.config.cleanupPolicy.compact).toBe(true)
  await small.close()
})

test('a topic that is named twice is told once', async () => {
  expect(await about(12, { name: 'first' }, { name: 'first' }, { name: 'absent' }, { name: 'absent' })).toMatchObject([
    { name: 'first' },
    { name: 'absent' },
  ])
})

test.each([12, 13])('version %i finds topics by id', async version => {
  expect(await about(version, { name: null, topicId: firstId })).toMatchObject([
    { name: 'first', errorCode: NONE, topicId: firstId, partitions: { length: 2 } },
  ])
  expect(await about(version, { name: null, topicId: OTHER_ID }, { name: null })).toMatchObject([
    { name: null, errorCode: UNKNOWN_TOPIC_ID, topicId: OTHER_ID, partitions: [] },
    { name: null, errorCode: UNKNOWN_TOPIC_ID, topicId: NO_ID, partitions: [] },
  ])
})

test.each([10, 11])('version %i has a place for ids that does not count', async version => {
  for (const wanted of [
    { name: '', topicId: firstId },
    { name: 'first', topicId: firstId },
  ]) {
    const { topics, brokers } = await ask(version, { topics: [wanted, { name: 'second' }] })
    expect(brokers).toEqual([])
    expect(topics).toMatchObject([
      { name: wanted.name, topicId: firstId, errorCode: INVALID_REQUEST, partitions: [] },
      { name: 'second', errorCode: INVALID_REQUEST, partitions: [] },
    ])
  }
})

test('allowed operations are told when they are asked for', async () => {
  const topicOperations = { topics: [{ name: 'first' }], includeTopicAuthorizedOperations: true }
  for (const version of VERSIONS.slice(8)) {
    expect((await ask(version, topicOperations)).topics).toMatchObject([{ topicAuthorizedOperations: 3576 }])
  }
  for (const version of [8, 9, 10]) {
    const { clusterAuthorizedOperations } = await ask(version, { topics: [], includeClusterAuthorizedOperations: true })
    expect(clusterAuthorizedOperations).toBe(8096)
  }
})

test('clients are told the address of the listener they came to', async () => {
  const both = await TestBroker.start({
    settings: {
      listeners: 'INSIDE://localhost:7001,OUTSIDE://localhost:7002',
      'advertised.listeners': 'INSIDE://inside:9001,OUTSIDE://outside:9002',
      'listener.security.protocol.map': 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT',
      'inter.broker.listener.name': 'INSIDE',
    },
  })
  const hosts = []
  for (const port of [7001, 7002]) {
    const client = await both.connect(port)
    const { brokers } = await both.until(client.send(Metadata, 9, { topics: [] }))
    hosts.push(...brokers.map(({ host, port }) => `${host}:${port}`))
  }
  expect(hosts).toEqual(['inside:9001', 'outside:9002'])
  await both.close()
})
