/** kafkajs, as it is, against a broker in this process. */
import { Kafka, logLevel, type Producer } from 'kafkajs'
import { type RunningBroker, startBroker } from '../../src/broker/start-broker'

let broker: RunningBroker
let kafka: Kafka

beforeEach(async () => {
  broker = await startBroker()
  kafka = new Kafka({ clientId: 'test', brokers: [broker.bootstrap], logLevel: logLevel.NOTHING })
  await broker.createTopic('orders', { partitions: 2 })
})

afterEach(() => broker.close())

const transactionalProducer = async (transactionalId: string): Promise<Producer> => {
  const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  return producer
}

/** The values of all committed records up to one with value `end`, which is sent now. */
const committedValues = async (groupId: string): Promise<string[]> => {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [0, 1].map(partition => ({ value: 'end', partition })) })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId, readUncommitted: false })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const values: string[] = []
  let ends = 0
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          const value = message.value!.toString()
          if (value !== 'end') values.push(value)
          else if (++ends === 2) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
  return values.sort()
}

it('shows committed records of a transaction to readers of committed records, and no aborted ones', async () => {
  const producer = await transactionalProducer('tx')
  for (let round = 0; round < 3; round++) {
    const committed = await producer.transaction()
    await committed.send({ topic: 'orders', messages: [0, 1].map(partition => ({ value: `yes ${round}`, partition })) })
    await committed.commit()
    const aborted = await producer.transaction()
    await aborted.send({ topic: 'orders', messages: [0, 1].map(partition => ({ value: `no ${round}`, partition })) })
    await aborted.abort()
  }
  await producer.disconnect()
  const values = await committedValues('readers')
  expect(values).toEqual(['yes 0', 'yes 0', 'yes 1', 'yes 1', 'yes 2', 'yes 2'])
})

it('commits offsets with the records of a transaction or not at all', async () => {
  const consumer = kafka.consumer({ groupId: 'copiers' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const joined = new Promise<void>(resolve => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve())
  })
  await consumer.run({ autoCommit: false, eachMessage: async () => {} })
  await joined
  const producer = await transactionalProducer('copier')
  const admin = kafka.admin()
  await admin.connect()
  const committed = async () => (await admin.fetchOffsets({ groupId: 'copiers', topics: ['orders'] }))[0]!.partitions
  for (const [offset, end] of [
    ['5', 'commit'],
    ['9', 'abort'],
  ] as const) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: 'orders', messages: [{ value: 'copy', partition: 0 }] })
    await transaction.sendOffsets({
      consumerGroupId: 'copiers',
      topics: [{ topic: 'orders', partitions: [{ partition: 0, offset }] }],
    })
    await transaction[end]()
  }
  const offsets = await committed()
  expect(offsets.find(({ partition }) => partition === 0)!.offset).toBe('5')
  await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()])
})

it('fences a producer whose transactional id another one has taken over', async () => {
  const old = await transactionalProducer('tx')
  const left = await old.transaction()
  await left.send({ topic: 'orders', messages: [{ value: 'left open', partition: 0 }] })
  const next = await transactionalProducer('tx')
  const transaction = await next.transaction()
  await transaction.send({ topic: 'orders', messages: [{ value: 'mine', partition: 0 }] })
  await transaction.commit()
  await expect(left.commit()).rejects.toThrow(/newer epoch|fenced|INVALID_PRODUCER_EPOCH|epoch/i)
  await Promise.all([old.disconnect(), next.disconnect()])
  expect(await committedValues('readers')).toEqual(['mine'])
})
