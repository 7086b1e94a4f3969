import rdkafka from 'node-rdkafka'
import { absent, check, expect, until } from '../contract/contract.mjs'
import { admin, call, producer, topicOf } from './broker.mjs'

export const topics = {
  async topics() {
    const topic = await topicOf('topics', 2)
    const it = await producer()
    const described = async () => (await call(it, 'getMetadata', {})).topics.find(({ name }) => name === topic)
    await check('created', async () => expect('partitions', (await described()).partitions.length, 2))
    await check('an existing one is not created', async () => {
      const failure = await topicOf('topics').then(
        () => 'none',
        error => error.code,
      )
      expect('code', failure, rdkafka.CODES.ERRORS.ERR_TOPIC_ALREADY_EXISTS)
    })
    await check('partitions are added', async () => {
      await call(admin, 'createPartitions', topic, 5)
      await until('5 partitions', async () => (await described()).partitions.length === 5)
    })
    absent('configs', 'node-rdkafka neither describes nor alters them')
    await check('deleted', async () => {
      await call(admin, 'deleteTopic', topic)
      await until('it is gone', async () => (await described()) === undefined)
    })
  },

  'delete-records': () => absent('records are deleted', 'node-rdkafka has no DeleteRecords'),
}
