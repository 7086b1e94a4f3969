import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { type RunningBroker, type StartBrokerOptions, startBroker } from '../../src'

const brokers: RunningBroker[] = []
const disconnects: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(disconnects.splice(0).map(disconnect => disconnect()))
  await Promise.all(brokers.splice(0).map(broker => broker.close()))
})

/** A broker that lives as long as the test. */
export const embeddedBroker = async (options: StartBrokerOptions = {}): Promise<RunningBroker> => {
  const broker = await startBroker(options)
  brokers.push(broker)
  return broker
}

/** kafkajs, silent. */
export const kafkaOf = (broker: RunningBroker, options: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({ brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING, ...options })

/** Connects a client of kafkajs, and disconnects it at the end of the test. */
export const connected = async <Client extends { connect(): Promise<void>; disconnect(): Promise<void> }>(
  client: Client,
): Promise<Client> => {
  disconnects.push(() => client.disconnect())
  await client.connect()
  return client
}
