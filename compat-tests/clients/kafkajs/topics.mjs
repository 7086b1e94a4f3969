import { check, expect, numbers, until } from '../contract/contract.mjs'
import { admin, ConfigResourceTypes, readTo, send, textOf, topicOf } from './broker.mjs'

export const topics = {
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
}
