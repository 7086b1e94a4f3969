import { check, expect, numbers, until } from '../contract/contract.mjs'
import { admin, readTo, send, topicOf, valuesOf } from './broker.mjs'

const TOPIC = 2

const SET = 0

export const topics = {
  async topics() {
    const topic = await topicOf('topics', 2, [{ name: 'retention.ms', value: '1000000' }])
    const resource = { resourceType: TOPIC, resourceName: topic }
    const retention = async () =>
      (await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: ['retention.ms'] }] }))[0].configs[0]
        .value
    const partitions = async () =>
      (await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic).partitionsCount
    await check('created', async () => expect('partitions', await partitions(), 2))
    await check('an existing one is not created', async () => {
      const failure = await topicOf('topics').then(
        () => 'none',
        error => String(error),
      )
      if (!failure.includes('already exists')) throw new Error(failure)
    })
    await check('partitions are added', async () => {
      await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] })
      expect('partitions', await partitions(), 5)
    })
    await check('configs', async () => {
      expect('as created', await retention(), '1000000')
      const configs = [{ name: 'retention.ms', configOperation: SET, value: '2000000' }]
      await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs }] })
      expect('altered', await retention(), '2000000')
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
      const [deleted] = await admin.deleteRecords({
        topics: [{ name: topic, partitions: [{ partition: 0, offset: 6n }] }],
      })
      expect('low watermark', Number(deleted.partitions[0].lowWatermark), 6)
      expect('values', valuesOf(await readTo(topic, '9')), numbers(4, 6))
    })
  },
}
