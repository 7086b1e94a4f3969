import { spawn } from 'node:child_process'
import { MessagesStreamModes } from '@platformatic/kafka'
import { absent, bootstrap, check, expect, inOrder, kill, numbers, prefix, until } from '../contract/contract.mjs'
import { admin, committed, member, send, topicOf, valuesOf } from './broker.mjs'

const groupOf = async (name, options) => {
  const groupId = await topicOf(name, 4)
  const join = () => member(groupId, { groupId, mode: MessagesStreamModes.COMMITTED, ...options })
  const first = await join()
  await check('alone it has all partitions', () => until('4 partitions', () => first.partitions().length === 4))
  if (options.groupProtocol)
    await check('it is a consumer group', async () => {
      expect('listed', (await admin.listGroups({ types: ['consumer'] })).has(groupId), true)
    })
  const second = await join()
  const all = () => [...first.partitions(), ...second.partitions()].sort()
  await check('two share them', () =>
    until('2 and 2', () => first.partitions().length === 2 && all().join() === '0,1,2,3'),
  )
  await check('each record goes to one of them', async () => {
    for (const partition of [0, 1, 2, 3]) await send(groupId, numbers(10, partition * 10), { partition })
    const seen = () => valuesOf([...first.seen, ...second.seen])
    await until('40 records', () => seen().length >= 40)
    expect('values', inOrder(seen()), numbers(40))
  })
  await second.close(true)
  await check('who stays has all again', () => until('4 partitions', () => first.partitions().length === 4))
  await first.close(true)
}

const crashOf = async (name, options) => {
  const groupId = await topicOf(name, 2)
  for (const partition of [0, 1]) await send(groupId, numbers(50, partition * 50), { partition })
  const it = await member(groupId, { groupId, autocommit: false, mode: MessagesStreamModes.COMMITTED, ...options })
  await until('all records', () => it.seen.length === 100)
  const { topic, partition, offset } = it.seen[39]
  await it.commit({ offsets: [{ topic, partition, offset: offset + 1n, leaderEpoch: 0 }] })
  await kill()
}

const resumeOf = async (name, options) => {
  const groupId = prefix + name
  await check('resumes where the killed one had committed', async () => {
    const [{ topics }] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
    const from = [0, 0]
    for (const { partitionIndex, committedOffset } of topics[0].partitions)
      from[partitionIndex] = Math.max(Number(committedOffset), 0)
    const it = await member(groupId, { groupId, mode: MessagesStreamModes.COMMITTED, ...options })
    const expected = [0, 1].flatMap(partition => numbers(50 - from[partition], partition * 50 + from[partition]))
    await until(`${expected.length} records`, () => it.seen.length >= expected.length)
    await it.close(true)
    expect('values', inOrder(valuesOf(it.seen)), expected)
    return `from offsets ${from}`
  })
}

const staticMember = (groupId, groupInstanceId) =>
  member(groupId, { groupId, groupInstanceId, mode: MessagesStreamModes.COMMITTED })

const CONSUMER = { groupProtocol: 'consumer' }

export const groups = {
  group: () => groupOf('group', {}),

  'consumer-group': () => groupOf('consumer-group', CONSUMER),

  crash: () => crashOf('crash', {}),

  resume: () => resumeOf('crash', {}),

  'consumer-crash': () => crashOf('consumer-crash', CONSUMER),

  'consumer-resume': () => resumeOf('consumer-crash', CONSUMER),

  cooperative: () => absent('cooperative-sticky', 'its assignors are eager'),

  async static() {
    const groupId = await topicOf('static', 4)
    // Members leave when they are closed, static ones too; so this one is killed.
    const start = () => spawn(process.execPath, ['client.mjs', bootstrap, 'static-member', prefix], { stdio: 'ignore' })
    const assigned = async () => {
      const { members } = (await admin.describeGroups({ groups: [groupId] })).get(groupId)
      const member = [...members.values()].find(({ groupInstanceId }) => groupInstanceId === 'b')
      return [member?.id, member?.assignments.get(groupId)?.partitions]
    }
    const first = await staticMember(groupId, 'a')
    const second = start()
    await until('2 and 2', async () => first.partitions().length === 2 && (await assigned())[1]?.length === 2)
    const [[id, before], generation] = [await assigned(), first.generationId]
    second.kill('SIGKILL')
    await check('comes back to its partitions', async () => {
      const again = start()
      await until('it is back', async () => (await assigned())[0] !== id)
      again.kill('SIGKILL')
      expect('partitions', (await assigned())[1], before)
      expect('generation of the other', first.generationId, generation)
    })
  },

  async 'static-member'() {
    await staticMember(`${prefix}static`, 'b')
    await new Promise(() => {})
  },

  async groups() {
    const topic = await topicOf('groups')
    await send(topic, numbers(10))
    const it = await member(topic, { groupId: topic })
    await until('10 records', () => it.seen.length === 10)
    await check('described', async () => {
      const { state, members } = (await admin.describeGroups({ groups: [topic] })).get(topic)
      expect('state and members', [state, members.size], ['Stable', 1])
    })
    await until('the commit', async () => (await committed(topic, topic))[0] === 10)
    await it.close(true)
    const isListed = async () => (await admin.listGroups()).has(topic)
    await check('listed', async () => expect('listed', await isListed(), true))
    await check('offsets', async () => expect('offsets', await committed(topic, topic), [10]))
    await check('offsets altered', async () => {
      await admin.alterConsumerGroupOffsets({
        groupId: topic,
        topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 4n }] }],
      })
      expect('offsets', await committed(topic, topic), [4])
    })
    await check('offsets deleted', async () => {
      await admin.deleteConsumerGroupOffsets({ groupId: topic, topics: [{ name: topic, partitionIndexes: [0] }] })
      expect('offsets', await committed(topic, topic), [])
    })
    await check('deleted', async () => {
      await admin.deleteGroups({ groups: [topic] })
      expect('listed', await isListed(), false)
    })
  },
}
