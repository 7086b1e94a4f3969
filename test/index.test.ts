import { Kafka, logLevel } from 'kafkajs'
import * as everything from '../src'
import { ConfigError, type Logger, type RunningBroker, startBroker } from '../src'

const brokers: RunningBroker[] = []

const start: typeof startBroker = async options => {
  const broker = await startBroker(options)
  brokers.push(broker)
  return broker
}

afterEach(() => Promise.all(brokers.splice(0).map(broker => broker.close())))

test('this is all that the package offers', () => {
  expect(Object.keys(everything).sort()).toEqual(['ConfigError', 'FaultError', 'startBroker'])
})

test('a broker is there for a stock client with one call', async () => {
  const broker = await start()
  await broker.createTopic('greetings', { partitions: 1 })
  const kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  const [sent] = await producer.send({ topic: 'greetings', messages: [{ key: 'a', value: 'hello' }] })
  expect(sent).toMatchObject({ topicName: 'greetings', partition: 0, errorCode: 0, baseOffset: '0' })
  await producer.disconnect()
})

test('refused options are told apart from other errors', async () => {
  await expect(start({ settings: { 'num.partitions': -1 } })).rejects.toBeInstanceOf(ConfigError)
  const { port } = (await start()).listeners[0]!
  await expect(start({ port })).rejects.not.toBeInstanceOf(ConfigError)
})

test('the broker takes no signals and adds no listeners to the process', async () => {
  const events = () => process.eventNames().map(name => [name, process.listenerCount(name)])
  const before = events()
  await start()
  expect(events()).toEqual(before)
})

test('it writes to nobody but the logger that it is given', async () => {
  const lines: string[] = []
  const note = (message: string) => lines.push(message)
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
  const written = [process.stdout, process.stderr].map(stream => jest.spyOn(stream, 'write'))
  const broker = await start({ logger })
  await broker.close()
  for (const write of written) {
    expect(write).not.toHaveBeenCalled()
    write.mockRestore()
  }
  expect(lines).toContain('the broker is ready')
})
