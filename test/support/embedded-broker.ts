import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { type RunningBroker, type StartBrokerOptions, startBroker } from '../../src'
import { NodeTransport } from '../../src/io/node/node-transport'
import { eventually } from './eventually'
import { TestClient } from './test-client'

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

/** Commits an offset of partition 0 in the name of a group without members. */
export const commitOffset = async (broker: RunningBroker, groupId: string, topic: string, offset: number) => {
  const client = await TestClient.connect(new NodeTransport(), broker.listeners[0]!)
  await client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: [groupId] })
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: offset }] }]
  const commit = { groupId, generationIdOrMemberEpoch: -1, topics }
  await eventually(async () => {
    const answer = await client.send(OffsetCommit, 8, commit)
    return answer.topics[0]!.partitions[0]!.errorCode === 0
  })
  await client.destroy()
}
