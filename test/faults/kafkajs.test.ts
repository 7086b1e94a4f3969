/** What applications can find out with faults, shown with a stock client. */
import { CompressionTypes } from 'kafkajs'
import { connected, embeddedBroker, kafkaOf } from '../support/embedded-broker'
import { eventually } from '../support/eventually'

const FAST = { retry: { initialRetryTime: 5, maxRetryTime: 20, retries: 8 } }

const values = (records: readonly { value: string | null }[]) => records.map(({ value }) => value)

test('a producer sends again until the errors are over', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  const producer = await connected(kafkaOf(broker, FAST).producer())
  const fault = broker.faults.add({ api: 'Produce', topic: 't', error: 'NOT_LEADER_OR_FOLLOWER', times: 3 })
  await producer.send({ topic: 't', messages: [{ value: 'a' }] })
  expect(fault.hits).toBe(3)
  expect(values(await broker.records('t'))).toEqual(['a'])
})

test('an error that cannot be retried reaches the application', async () => {
  const broker = await embeddedBroker({ topics: { t: 1, other: 1 } })
  const producer = await connected(kafkaOf(broker, FAST).producer())
  broker.faults.add({ api: 'Produce', topic: 't', error: 'TOPIC_AUTHORIZATION_FAILED' })
  const sent = producer.send({ topic: 't', messages: [{ value: 'a' }] })
  await expect(sent).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' })
  await producer.send({ topic: 'other', messages: [{ value: 'b' }] })
  expect(values(await broker.records('other'))).toEqual(['b'])
})

describe('when the answer gets lost after the records were written', () => {
  const send = async (idempotent: boolean) => {
    const broker = await embeddedBroker({ topics: { t: 1 } })
    const producer = await connected(kafkaOf(broker, FAST).producer({ idempotent, maxInFlightRequests: 1 }))
    const fault = broker.faults.add({ api: 'Produce', disconnect: true, when: 'after', times: 2 })
    await producer.send({ topic: 't', compression: CompressionTypes.GZIP, messages: [{ value: 'a' }] })
    await producer.send({ topic: 't', messages: [{ value: 'b' }] })
    expect(fault.hits).toBe(2)
    return values(await broker.records('t'))
  }

  test('an idempotent producer writes them once', async () => {
    expect(await send(true)).toEqual(['a', 'b'])
  })

  test('another one writes them again', async () => {
    expect(await send(false)).toEqual(['a', 'a', 'a', 'b'])
  })
})

test('an answer that never comes makes the client ask again', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  const kafka = kafkaOf(broker, { ...FAST, requestTimeout: 200 })
  const producer = await connected(kafka.producer({ idempotent: true, maxInFlightRequests: 1 }))
  const fault = broker.faults.add({ api: 'Produce', drop: true, times: 1 })
  await producer.send({ topic: 't', messages: [{ value: 'a' }] })
  expect(fault.hits).toBe(1)
  expect(values(await broker.records('t'))).toEqual(['a'])
})

test('a consumer gets over errors of every API that it uses', async () => {
  const broker = await embeddedBroker({ topics: { t: { records: ['a', 'b'] } } })
  const consumer = await connected(kafkaOf(broker, FAST).consumer({ groupId: 'g', maxWaitTimeInMs: 20 }))
  const faults = [
    broker.faults.add({ api: 'Metadata', topic: 't', error: 'LEADER_NOT_AVAILABLE', times: 1 }),
    broker.faults.add({ api: 'FindCoordinator', groupId: 'g', error: 'COORDINATOR_NOT_AVAILABLE', times: 1 }),
    broker.faults.add({ api: 'JoinGroup', groupId: 'g', error: 'COORDINATOR_LOAD_IN_PROGRESS', times: 1 }),
    broker.faults.add({ api: 'SyncGroup', groupId: 'g', error: 'REBALANCE_IN_PROGRESS', times: 1 }),
    broker.faults.add({ api: 'OffsetFetch', groupId: 'g', error: 'COORDINATOR_LOAD_IN_PROGRESS', times: 1 }),
    broker.faults.add({ api: 'ListOffsets', topic: 't', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 }),
    broker.faults.add({ api: 'Fetch', topic: 't', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 }),
    broker.faults.add({ api: 'OffsetCommit', topic: 't', error: 'COORDINATOR_NOT_AVAILABLE', times: 1 }),
  ]
  const seen = new Set<string>()
  await consumer.subscribe({ topic: 't', fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) })
  await eventually(() => seen.size === 2)
  await eventually(() => faults.every(({ hits }) => hits === 1))
  // kafkajs commits again when there is something new to commit.
  await broker.produce('t', ['c'])
  const admin = await connected(kafkaOf(broker).admin())
  const committed = async () => {
    const [fetched] = await admin.fetchOffsets({ groupId: 'g', topics: ['t'] })
    return fetched!.partitions[0]!.offset
  }
  await eventually(async () => (await committed()) === '3')
})

test('one of several clients can be cut off from the broker', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  const [cut, whole] = [
    await connected(kafkaOf(broker, { clientId: 'cut', retry: { retries: 0 } }).producer()),
    await connected(kafkaOf(broker, { clientId: 'whole' }).producer()),
  ]
  broker.faults.add({ clientId: 'cut', disconnect: true })
  await expect(cut!.send({ topic: 't', messages: [{ value: 'lost' }] })).rejects.toThrow()
  await whole!.send({ topic: 't', messages: [{ value: 'a' }] })
  expect(values(await broker.records('t'))).toEqual(['a'])
})

test('in virtual time a delay is as long as the test wants', async () => {
  const broker = await embeddedBroker({ time: 'virtual', topics: { t: 1 } })
  const producer = await connected(kafkaOf(broker).producer())
  const fault = broker.faults.add({ api: 'Produce', delayMs: 3_600_000 })
  const sent = producer.send({ topic: 't', messages: [{ value: 'a' }] })
  await eventually(() => fault.hits === 1)
  expect(await broker.records('t')).toEqual([])
  await broker.time.advance(3_600_000)
  expect(await sent).toMatchObject([{ baseOffset: '0' }])
})
