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
