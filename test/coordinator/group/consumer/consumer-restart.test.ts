/** What a coordinator knows of consumer groups after a restart, wherever in a scenario it happens. */
import { assigned, syncConsumer } from '../../../support/classic-consumers'
import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { GroupWorld } from '../../../support/group-world'
import { owningSubscription, subscription } from '../../../support/subscription'

interface Scene {
  readonly world: GroupWorld
  readonly client: (memberId: string, options?: ConstructorParameters<typeof ConsumerClient>[3]) => ConsumerClient
}
type Step = (scene: Scene) => Promise<unknown>

/** Members are made once and used in several steps. */
const scene = async (): Promise<Scene> => {
  const world = await GroupWorld.open()
  world.topics.put('topic', 4)
  const clients = new Map<string, ConsumerClient>()
  const client: Scene['client'] = (memberId, options) => {
    const known = clients.get(memberId) ?? new ConsumerClient(world, 'group', memberId, options)
    clients.set(memberId, known)
    return known
  }
  return { world, client }
}

const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  'two members share, one leaves': [
    ({ client }) => client('a').join(),
    ({ client }) => client('b').join(),
    ({ client }) => client('a').beat(),
    ({ client }) => client('a').beat(),
    ({ client }) => client('b').beat(),
    ({ client }) => client('b').commit(3, 5),
    ({ client }) => client('a').leave(),
    ({ client }) => settleConsumers([client('b')]),
  ],
  'a static member goes and comes back': [
    ({ client }) => client('a', { instanceId: 'static' }).join(),
    ({ client }) => client('b').join(),
    ({ client }) => settleConsumers([client('a'), client('b')]),
    ({ client }) => client('a').leave(-2),
    ({ client }) => client('a2', { instanceId: 'static' }).join(),
    ({ client }) => settleConsumers([client('a2'), client('b')]),
  ],
  'a pattern finds topics': [
    ({ client }) => client('a', { regex: 't.*' }).join(),
    ({ world }) => world.advance(0),
    ({ client }) => client('a').beat(),
    async ({ world }) => world.topics.put('two', 2),
    async ({ world, client }) => {
      await world.advance(10_001)
      await client('a').beat()
      await world.advance(0)
    },
    ({ client }) => settleConsumers([client('a')]),
    ({ client }) => client('a').send({ subscribedTopicRegex: '', subscribedTopicNames: ['topic'] }),
    ({ client }) => settleConsumers([client('a')]),
  ],
  'a member lets its rebalance timeout go by': [
    ({ client }) => client('a', { rebalanceTimeoutMs: 10_000 }).join(),
    ({ client }) => client('b').join(),
    ({ client }) => client('a').send(),
    ({ world }) => world.advance(10_000),
    ({ client }) => settleConsumers([client('b')]),
  ],
}

const description = ({ world }: Scene) => world.run(world.groups.describeConsumerGroup('group'))

const cases = Object.entries(SCENARIOS).flatMap(([name, steps]) => steps.map((_step, at) => [name, at + 1] as const))

test.each(cases)('%s: a crash after step %d changes nothing', async (name, crashAfter) => {
  const [undisturbed, crashed] = [await scene(), await scene()]
  for (const [at, step] of SCENARIOS[name]!.entries()) {
    await step(undisturbed)
    await step(crashed)
    if (at + 1 === crashAfter) {
      const before = await description(crashed)
      await crashed.world.crash({ keepPageCache: true })
      expect(await description(crashed)).toEqual(before)
    }
  }
  expect(await description(crashed)).toEqual(await description(undisturbed))
  expect(await crashed.world.committed('group', 3)).toBe(await undisturbed.world.committed('group', 3))
})

test('sessions begin to count again after a restart', async () => {
  const { world, client } = await scene()
  await client('a').join()
  await world.advance(40_000)
  await world.crash({ keepPageCache: true })
  await world.advance(44_999)
  expect(await client('a').beat()).toBe('NONE')
  await world.advance(45_000)
  expect(await client('a').beat()).toBe('UNKNOWN_MEMBER_ID')
})

test.each([1, 2, 3, 4, 5, 6])(
  'a group that changes its protocol to and fro survives a crash after step %d',
  async crashAfter => {
    const { world, client } = await scene()
    const classic = world.member('group', { metadata: subscription('topic') })
    const listed = async () => (await world.run(world.groups.list([], []))).groups[0]
    const rejoin = async () => {
      classic.options = { metadata: owningSubscription('topic', [0, 1]) }
      expect(await world.run(classic.join())).toMatchObject({ errorCode: 0 })
    }
    const lead = async () => {
      await world.run(classic.join())
      await world.run(syncConsumer(world, classic, new Map([[classic.memberId, assigned(0, 1, 2, 3)]])))
    }
    const steps: (() => Promise<unknown>)[] = [
      lead,
      () => client('a').join(),
      rejoin,
      () => settleConsumers([client('a')]),
      () => client('a').leave(),
      lead,
    ]
    for (const [at, step] of steps.entries()) {
      await step()
      if (at + 1 !== crashAfter) continue
      const before = await listed()
      await world.crash({ keepPageCache: true })
      // Rounds of joining are not recorded: a group in one is found stable.
      const groupState = before!.groupType === 'classic' ? 'Stable' : before!.groupState
      expect(await listed()).toEqual({ ...before, groupState })
    }
    expect(await listed()).toMatchObject({ groupType: 'classic', groupState: 'Stable' })
    expect(await classic.heartbeat()).toBe('NONE')
  },
)
