import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { GroupWorld } from '../../../support/group-world'

const open = async () => {
  const world = await GroupWorld.open()
  for (const name of ['log-a', 'log-b', 'other']) world.topics.put(name, 1)
  return world
}
const client = (world: GroupWorld, memberId: string, regex: string) =>
  new ConsumerClient(world, 'group', memberId, { regex })

test('a member gets the topics that its whole pattern matches, once they were looked up', async () => {
  const world = await open()
  const a = client(world, 'a', 'log-.')
  expect(await a.join()).toBe('NONE')
  expect([a.epoch, a.owned]).toEqual([1, []])
  await world.advance(0)
  await settleConsumers([a])
  expect(a.owned).toEqual(['log-a-0', 'log-b-0'])
})

test('topics that are created later are found with a heartbeat, not more often than every ten seconds', async () => {
  const world = await open()
  const a = client(world, 'a', 'log-.*')
  await a.join()
  await world.advance(0)
  await settleConsumers([a])
  world.topics.put('log-c', 1)
  await world.advance(10_000)
  await settleConsumers([a])
  expect(a.owned).toHaveLength(2)
  await world.advance(1)
  await a.beat()
  await world.advance(0)
  await settleConsumers([a])
  expect(a.owned).toEqual(['log-a-0', 'log-b-0', 'log-c-0'])
})

test('topics that are deleted are given up at once', async () => {
  const world = await open()
  const a = client(world, 'a', 'log-.*')
  await a.join()
  await world.advance(0)
  await settleConsumers([a])
  world.topics.delete('log-b')
  await settleConsumers([a])
  expect(a.owned).toEqual(['log-a-0'])
})

test('a second member with the same pattern need not wait for it to be looked up', async () => {
  const world = await open()
  const [a, b] = [client(world, 'a', 'log-.*'), client(world, 'b', 'log-.*')]
  await a.join()
  await world.advance(0)
  await settleConsumers([a])
  await b.join()
  await settleConsumers([a, b])
  expect([a.owned.length, b.owned.length]).toEqual([1, 1])
})

test('names and a pattern together are a subscription to both', async () => {
  const world = await open()
  const a = client(world, 'a', 'log-a')
  await a.join({ subscribedTopicNames: ['other'] })
  await world.advance(0)
  await settleConsumers([a])
  expect(a.owned).toEqual(['log-a-0', 'other-0'])
})

test('a pattern that is taken back leaves nothing behind', async () => {
  const world = await open()
  const a = client(world, 'a', 'log-.*')
  await a.join()
  await world.advance(0)
  await settleConsumers([a])
  expect(await a.send({ subscribedTopicRegex: '', subscribedTopicNames: ['other'] })).toBe('NONE')
  await settleConsumers([a])
  expect(a.owned).toEqual(['other-0'])
  await world.restart()
  const group = world.host.shard!.groups.get('group')
  expect(group?.type === 'consumer' && group.subscriptions.resolved.size).toBe(0)
})

test('a pattern that is none is refused', async () => {
  const world = await open()
  const a = client(world, 'a', '(')
  expect([await a.join(), a.errorMessage]).toEqual([
    'INVALID_REGULAR_EXPRESSION',
    'SubscribedTopicRegex `(` is not a valid regular expression: missing closing ).',
  ])
  expect((await world.run(world.groups.list([], []))).groups).toEqual([])
})

test('what was found survives a restart, and is looked up anew when there may be new topics', async () => {
  const world = await open()
  const a = client(world, 'a', 'log-.*')
  await a.join()
  await world.advance(0)
  await settleConsumers([a])
  await world.crash({ keepPageCache: true })
  const { epoch } = a
  await settleConsumers([a])
  expect([a.epoch, a.owned]).toEqual([epoch, ['log-a-0', 'log-b-0']])
})
