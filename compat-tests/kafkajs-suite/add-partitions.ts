import path from 'node:path'
import { BrokerConnections } from './broker-connections'
import { environmentSettings } from './environment-settings'

/** What is used of kafkajs, which is in the folder where this runs. */
interface Kafkajs {
  readonly Kafka: new (options: {
    brokers: readonly string[]
  }) => {
    admin(): {
      connect(): Promise<void>
      createPartitions(options: { topicPartitions: readonly { topic: string; count: number }[] }): Promise<boolean>
      disconnect(): Promise<void>
    }
  }
}

/** Stands where kafkajs's tests call a tool of Kafka in a container; TOPIC and PARTITIONS are variables there. */
const addPartitions = async (topic: string, count: number): Promise<void> => {
  const { Kafka } = require(path.resolve('index.js')) as Kafkajs
  const broker = environmentSettings()
  new BrokerConnections(broker)
  const admin = new Kafka({ brokers: [`${broker.host}:${broker.port}`] }).admin()
  await admin.connect()
  await admin.createPartitions({ topicPartitions: [{ topic, count }] })
  await admin.disconnect()
}

addPartitions(process.env['TOPIC']!, Number(process.env['PARTITIONS']))
