import { absent, check, expect, inOrder, kill, numbers, prefix, until } from '../contract/contract.mjs'
import { admin, committed, consumer, messages, producer, send, textOf, topicOf } from './broker.mjs'

export const groups = {
  async group() {
    const [topic, groupId] = [await topicOf('group', 4), `${prefix}group`]
    const first = await consumer(topic, { groupId })
    await check('alone it has all partitions', () => until('4 partitions', () => first.partitions.length === 4))
    const second = await consumer(topic, { groupId })
    const all = () => [...first.partitions, ...second.partitions].sort()
    await check('two share them', () =>
      until('2 and 2', () => first.partitions.length === 2 && all().join() === '0,1,2,3'),
    )
    await check('each record goes to one of them', async () => {
      const it = await producer()
      for (const partition of [0, 1, 2, 3])
        await it.send({ topic, messages: messages(numbers(10, partition * 10), partition) })
      await it.disconnect()
      const seen = () => [...first.seen, ...second.seen].map(textOf)
      await until('40 records', () => seen().length >= 40)
      expect('values', inOrder(seen()), numbers(40))
    })
    await second.disconnect()
    await check('who stays has all again', () => until('4 partitions', () => first.partitions.length === 4))
    await first.disconnect()
  },

  async crash() {
    const topic = await topicOf('crash', 2)
    const it = await producer()
    for (const partition of [0, 1]) await it.send({ topic, messages: messages(numbers(50, partition * 50), partition) })
    let [seen, isCommitted] = [0, false]
    const eachMessage = async ({ partition, message }) => {
      if (++seen < 40) return
      await member.commitOffsets([{ topic, partition, offset: String(Number(message.offset) + 1) }])
      isCommitted = true
      await new Promise(() => {})
    }
    const member = await consumer(topic, { groupId: `${prefix}crash`, run: { autoCommit: false, eachMessage } })
    await until('a commit', () => isCommitted)
    await kill()
  },

  async resume() {
    const [topic, groupId] = [`${prefix}crash`, `${prefix}crash`]
    const from = (await committed(groupId, topic)).map(offset => Math.max(offset, 0))
    await check('resumes where the killed one had committed', async () => {
      const member = await consumer(topic, { groupId })
      const wanted = 100 - from[0] - from[1]
      await until(`${wanted} records`, () => member.seen.length >= wanted)
      await member.disconnect()
      const expected = [0, 1].flatMap(partition => numbers(50 - from[partition], partition * 50 + from[partition]))
      expect('values', inOrder(member.seen.map(textOf)), expected)
      return `from offsets ${from}`
    })
  },

  async cooperative() {
    absent('cooperative-sticky', 'kafkajs has eager assignors only')
  },

  async static() {
    absent('static members', 'kafkajs has no group.instance.id')
  },

  async 'consumer-group'() {
    absent('group.protocol=consumer', 'kafkajs has the classic protocol only')
  },

  async 'consumer-crash'() {
    absent('group.protocol=consumer', 'kafkajs has the classic protocol only')
  },

  async groups() {
    const [topic, groupId] = [await topicOf('groups'), `${prefix}groups`]
    await send(topic, numbers(10))
    const member = await consumer(topic, { groupId })
    await check('described', async () => {
      await until('a member', async () => (await admin.describeGroups([groupId])).groups[0].state === 'Stable')
      expect('members', (await admin.describeGroups([groupId])).groups[0].members.length, 1)
    })
    await until('10 records', () => member.seen.length === 10)
    await member.disconnect()
    await check('listed', async () =>
      expect(
        'listed',
        (await admin.listGroups()).groups.some(group => group.groupId === groupId),
        true,
      ),
    )
    await check('offsets', async () => expect('offsets', await committed(groupId, topic), [10]))
    await check('offsets altered', async () => {
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '4' }] })
      expect('offsets', await committed(groupId, topic), [4])
    })
    absent('offsets deleted', 'kafkajs has no OffsetDelete')
    await check('deleted', async () => {
      await admin.deleteGroups([groupId])
      expect(
        'listed',
        (await admin.listGroups()).groups.some(group => group.groupId === groupId),
        false,
      )
    })
  },
}
