/** kafkajs, as it is, with groups against a broker in this process. */
import { type Consumer, type EachMessagePayload, Kafka, logLevel } from 'kafkajs'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { type RunningBroker, startBroker } from '../../src/broker/start-broker'
import { NodeTransport } from '../../src/io/node/node-transport'
import { eventually } from '../support/eventually'
import { subscription } from '../support/subscription'
import { temporaryDirectory } from '../support/temporary-directory'
import { TestClient } from '../support/test-client'

const TOPIC = 'orders'
const PARTITIONS = 4
/** A heartbeat of kafkajs, by which it learns of rebalances, waits for the end of its fetch. */
const PROMPT = { maxWaitTimeInMs: 50 }

let broker: RunningBroker
let kafka: Kafka
const consumers: Consumer[] = []

const connectTo = (running: RunningBroker): void => {
  broker = running
  kafka = new Kafka({
    clientId: 'test',
    brokers: [broker.bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })
}

afterEach(async () => {
  await Promise.all(consumers.splice(0).map(consumer => consumer.disconnect()))
  await broker.close()
})

const produce = async (values: readonly string[]): Promise<void> => {
  const producer = kafka.producer()
  await producer.connect()
  const messages = values.map((value, at) => ({ value, partition: at % PARTITIONS }))
  await producer.send({ topic: TOPIC, messages })
  await producer.disconnect()
}

interface Reader {
  readonly consumer: Consumer
  readonly values: string[]
  /** As the last assignment said. */
  partitions: readonly number[]
}

const read = async (
  groupId: string,
  onMessage: (payload: EachMessagePayload) => Promise<void> = async () => {},
): Promise<Reader> => {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: 6_000,
    heartbeatInterval: 100,
    rebalanceTimeout: 3_000,
    ...PROMPT,
  })
  const reader: Reader = { consumer, values: [], partitions: [] }
  consumers.push(consumer)
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    reader.partitions = payload.memberAssignment[TOPIC] ?? []
  })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async payload => {
      await onMessage(payload)
      reader.values.push(payload.message.value!.toString())
    },
  })
  return reader
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `${from + at}`)
const sorted = (values: readonly string[]) => [...values].sort((a, b) => Number(a) - Number(b))
const allPartitions = (readers: readonly Reader[]) => readers.flatMap(({ partitions }) => partitions).sort()

/** Everything is assigned, to all of them. */
const shared = (readers: readonly Reader[]) =>
  eventually(
    () => readers.every(({ partitions }) => partitions.length > 0) && allPartitions(readers).join() === '0,1,2,3',
  )

test('several consumers share the partitions, and read everything once', async () => {
  connectTo(await startBroker())
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  const readers = [await read('group'), await read('group'), await read('group')]
  await shared(readers)
  await produce(numbered(0, 40))
  await eventually(() => readers.flatMap(({ values }) => values).length >= 40)
  expect(sorted(readers.flatMap(({ values }) => values))).toEqual(numbered(0, 40))
  expect(readers.every(({ values }) => values.length > 0)).toBe(true)
})

test('the partitions of a consumer that leaves go to the others, from where it had committed', async () => {
  connectTo(await startBroker())
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  const [first, second] = [await read('group'), await read('group')]
  await shared([first, second])
  await produce(numbered(0, 20))
  await eventually(() => first.values.length + second.values.length >= 20)
  await second.consumer.disconnect()
  await eventually(() => first.partitions.length === PARTITIONS)
  await produce(numbered(20, 40))
  await eventually(() => first.values.length + second.values.length >= 40)
  expect(sorted([...first.values, ...second.values])).toEqual(numbered(0, 40))
})

test('the partitions of a consumer that crashes go to the others when its session is over', async () => {
  connectTo(await startBroker({ settings: { 'group.min.session.timeout.ms': 100 } }))
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  const survivor = await read('group')
  await eventually(() => survivor.partitions.length === PARTITIONS)
  // A member that joins like a consumer, and is never heard of again.
  const { host, port } = broker.listeners[0]!
  const client = await TestClient.connect(new NodeTransport({ acceptFailed: () => {} }), { host, port })
  const protocols = [{ name: 'RoundRobinAssigner', metadata: subscription(TOPIC) }]
  const { memberId } = await client.send(JoinGroup, 3, {
    groupId: 'group',
    sessionTimeoutMs: 300,
    rebalanceTimeoutMs: 300,
    memberId: '',
    protocolType: 'consumer',
    protocols,
  })
  expect(memberId).not.toBe('')
  await client.destroy()
  await eventually(() => survivor.partitions.length < PARTITIONS)
  await eventually(() => survivor.partitions.length === PARTITIONS)
  await produce(numbered(0, 8))
  await eventually(() => survivor.values.length >= 8)
  expect(sorted(survivor.values)).toEqual(numbered(0, 8))
})

test('after a restart of the broker a consumer goes on where it had committed', async () => {
  const storage = { storage: 'disk', directory: temporaryDirectory() } as const
  connectTo(await startBroker(storage))
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  await produce(numbered(0, 12))
  const before = await read('group')
  await eventually(() => before.values.length >= 12)
  await before.consumer.disconnect()
  await broker.close()
  connectTo(await startBroker(storage))
  await produce(numbered(12, 20))
  const after = await read('group')
  await eventually(() => after.values.length >= 8)
  expect(sorted(after.values)).toEqual(numbered(12, 20))
})

test('a consumer that works goes on through a restart of the broker', async () => {
  const storage = { storage: 'disk', directory: temporaryDirectory() } as const
  connectTo(await startBroker(storage))
  const { port } = broker.listeners[0]!
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  const reader = await read('group')
  await produce(numbered(0, 8))
  await eventually(() => reader.values.length >= 8)
  await broker.close()
  connectTo(await startBroker({ ...storage, port }))
  await produce(numbered(8, 16))
  await eventually(() => reader.values.length >= 16)
  expect(sorted(reader.values)).toEqual(numbered(0, 16))
})

test('groups are listed, described and deleted, and their offsets set', async () => {
  connectTo(await startBroker())
  await broker.createTopic(TOPIC, { partitions: PARTITIONS })
  const admin = kafka.admin()
  await admin.connect()
  const reader = await read('group')
  await eventually(() => reader.partitions.length === PARTITIONS)
  const { groups } = await admin.describeGroups(['group'])
  expect(groups).toMatchObject([{ groupId: 'group', state: 'Stable', members: [{ clientId: 'test' }] }])
  await reader.consumer.disconnect()
  await admin.setOffsets({ groupId: 'group', topic: TOPIC, partitions: [{ partition: 2, offset: '7' }] })
  const [offsets] = await admin.fetchOffsets({ groupId: 'group', topics: [TOPIC] })
  expect(offsets?.partitions.find(({ partition }) => partition === 2)?.offset).toBe('7')
  expect((await admin.listGroups()).groups).toEqual([{ groupId: 'group', protocolType: 'consumer' }])
  await admin.deleteGroups(['group'])
  expect((await admin.listGroups()).groups).toEqual([])
  await admin.disconnect()
})
