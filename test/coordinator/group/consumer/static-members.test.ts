import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { GroupWorld } from '../../../support/group-world'

const open = async () => {
  const world = await GroupWorld.open()
  world.topics.put('topic', 4)
  return world
}
const client = (world: GroupWorld, memberId: string, instanceId?: string) =>
  new ConsumerClient(world, 'group', memberId, { ...(instanceId !== undefined && { instanceId }) })

/** A static member and another one. */
const two = async (world: GroupWorld) => {
  const members = [client(world, 'a', 'static'), client(world, 'b')] as const
  for (const member of members) expect(await member.join()).toBe('NONE')
  await settleConsumers(members)
  return members
}

test('a static member that comes back under another id has what it had, and nobody else notices', async () => {
  const world = await open()
  const [a, b] = await two(world)
  const { owned, epoch } = a
  expect(await a.leave(-2)).toBe('NONE')
  const end = b.epoch
  expect(await b.beat()).toBe('NONE')
  const again = client(world, 'a2', 'static')
  expect(await again.join()).toBe('NONE')
  expect([again.owned, again.epoch]).toEqual([owned, epoch])
  await settleConsumers([again, b])
  expect([b.epoch, b.owned.length]).toEqual([end, 2])
})

test('a static member that stays away for its session timeout is out', async () => {
  const world = await open()
  const [a, b] = await two(world)
  await a.leave(-2)
  await world.advance(30_000)
  await b.beat()
  await world.advance(15_000)
  await settleConsumers([b])
  expect(b.owned).toHaveLength(4)
})

test('a static member that leaves for good is out at once', async () => {
  const world = await open()
  const [a, b] = await two(world)
  expect(await a.leave(-1)).toBe('NONE')
  await settleConsumers([b])
  expect(b.owned).toHaveLength(4)
})

test('nobody takes the place of a static member that has not left', async () => {
  const world = await open()
  const [a] = await two(world)
  const other = client(world, 'other', 'static')
  expect([await other.join(), other.errorMessage]).toEqual([
    'UNRELEASED_INSTANCE_ID',
    'Static member other with instance id static cannot join the group because the instance id is owned by a member.',
  ])
  expect(await a.beat()).toBe('NONE')
})

test('the old self of a static member that came back is fenced, whatever it asks', async () => {
  const world = await open()
  const [a] = await two(world)
  const { epoch } = a
  await a.leave(-2)
  await client(world, 'a2', 'static').join()
  a.epoch = epoch
  const message = 'Static member a with instance id static was fenced by member a2.'
  expect([await a.beat(), a.errorMessage]).toEqual(['FENCED_INSTANCE_ID', message])
  expect([await a.leave(), a.errorMessage]).toEqual(['FENCED_INSTANCE_ID', message])
})

test('an instance id that is not known is refused', async () => {
  const world = await open()
  await two(world)
  const nobody = client(world, 'nobody', 'unknown')
  nobody.epoch = 3
  expect([await nobody.beat(), nobody.errorMessage]).toEqual(['UNKNOWN_MEMBER_ID', 'Instance id unknown is unknown.'])
})

test('a static member may leave for a while and come back under the id it had', async () => {
  const world = await open()
  const [a] = await two(world)
  const { owned } = a
  await a.leave(-2)
  expect(await a.join()).toBe('NONE')
  expect(a.owned).toEqual(owned)
})
