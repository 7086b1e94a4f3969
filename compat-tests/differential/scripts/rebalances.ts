import { Heartbeat } from '../../../protocol/messages/12-heartbeat'
import { LeaveGroup } from '../../../protocol/messages/13-leave-group'
import { DescribeGroups } from '../../../protocol/messages/15-describe-groups'
import { ListGroups } from '../../../protocol/messages/16-list-groups'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic } from '../steps'
import { commit } from './commits'
import { type JoinGroupRequest, join, joinFully, type Member, stableGroup, subscription, sync } from './group-steps'

const OTHER = [{ name: 'range', metadata: subscription('what-the-other-reads') }]

const describe = (stage: Stage) => stage.send(DescribeGroups, 5, { groups: [stage.name('group')] })

const beat = (stage: Stage, version: number, { groupId, memberId, generationId }: Member) =>
  stage.send(Heartbeat, version, { groupId, memberId, generationId })

const leave = (stage: Stage, { groupId, memberId }: Member) =>
  stage.send(LeaveGroup, 4, { groupId, members: [{ memberId }] })

/**
 * A stable group of `first`, and a second member whose join waits for the first one to join again. With the oldest version of JoinGroup
 * it is a member at once.
 */
const interrupted = async (stage: Stage, request: JoinGroupRequest = {}) => {
  const first = await stableGroup(stage, request)
  const other = stage.another()
  const joining = join(other, 0, { protocols: OTHER, sessionTimeoutMs: request.sessionTimeoutMs ?? 30_000 })
  await stage.settle(Heartbeat, 3, first, ({ errorCode }) => errorCode !== 0)
  return { first, other, joining }
}

/** Both members have joined the second generation, and neither has its assignment. */
const completing = async (stage: Stage) => {
  const { first, other, joining } = await interrupted(stage)
  const [again, second] = await Promise.all([join(stage, 5, { memberId: first.memberId }), joining])
  const { groupId } = first
  return { first: { groupId, ...again }, other, second: { groupId, ...second } }
}

/** What the first member may do while the group waits for it. */
const WHILE_PREPARING: Readonly<Record<string, (stage: Stage, first: Member) => Promise<unknown>>> = {
  'the group is described': stage => describe(stage),
  'the group is listed by its state': stage =>
    stage.send(ListGroups, 5, { statesFilter: ['PreparingRebalance'] }, ({ groups }) => ({
      groups: groups.filter(({ groupId }) => groupId === stage.name('group')),
    })),
  'a member beats in every version': async (stage, first) => {
    for (const version of [0, 1, 2, 3, 4]) await beat(stage, version, first)
  },
  'a member syncs': (stage, first) => sync(stage, 3, first),
  'a member commits': async (stage, first) => commit(stage, 7, await newTopic(stage), first),
  'a member of another generation commits': async (stage, first) =>
    commit(stage, 7, await newTopic(stage), { ...first, generationId: 0 }),
}

/** What may happen while members wait for their assignment. */
const WHILE_COMPLETING: Readonly<
  Record<string, (stage: Stage, members: { first: Member; second: Member; other: Stage }) => Promise<unknown>>
> = {
  'the group is described': stage => describe(stage),
  'a member beats': (stage, { first }) => beat(stage, 3, first),
  'a member commits': async (stage, { first }) => commit(stage, 7, await newTopic(stage), first),
  'a member of the last generation commits': async (stage, { first }) =>
    commit(stage, 7, await newTopic(stage), { ...first, generationId: 1 }),
  'a member of the last generation syncs': (stage, { first }) => sync(stage, 3, { ...first, generationId: 1 }),
  'the follower joins again with the same wishes': (stage, { second }) =>
    join(stage, 5, { memberId: second.memberId, protocols: OTHER }),
  'the follower leaves and the leader syncs': async (stage, { first, second, other }) => {
    await leave(other, second)
    await sync(stage, 3, first)
    await beat(stage, 3, first)
  },
  'the leader leaves': async (stage, { first, second, other }) => {
    await leave(stage, first)
    await beat(other, 3, second)
    await describe(stage)
  },
  'a member without an id joins': async (stage, { first, second, other }) => {
    await join(stage.another(), 4)
    await beat(stage, 3, first)
    await beat(other, 3, second)
  },
}

const wishes = (...names: readonly string[]) => names.map(name => ({ name, metadata: subscription('t') }))

/** More than half of what the log of a coordinator takes at once. */
const LARGE = 600_000
/** A kind of member of whose metadata a broker knows nothing. */
const OPAQUE = { protocolType: 'opaque', protocols: [{ name: 'range', metadata: Buffer.from('what I want') }] }

export const rebalances = area(
  'rebalances',
  ...Object.entries(WHILE_PREPARING).map(([about, act]) =>
    script(`${about} while members join`, [0], async stage => {
      const { first, joining } = await interrupted(stage)
      await act(stage, first)
      await leave(stage, first)
      await joining
    }),
  ),
  ...Object.entries(WHILE_COMPLETING).map(([about, act]) =>
    script(`${about} while assignments are awaited`, [0], async stage => act(stage, await completing(stage))),
  ),
  script('a member that does not join again in time is removed', [1], async stage => {
    const { first, joining } = await interrupted(stage, { rebalanceTimeoutMs: 1000, sessionTimeoutMs: 6000 })
    await joining
    await beat(stage, 3, first)
    await describe(stage)
  }),
  script('a member that is not heard of is removed', [5], async (stage, version) => {
    const member = await joinFully(stage, version, { sessionTimeoutMs: 6000 })
    await sync(stage, 3, member)
    await stage.settle(
      DescribeGroups,
      5,
      { groups: [member.groupId] },
      ({ groups }) => groups[0]!.groupState === 'Empty',
    )
    await beat(stage, 3, member)
    await join(stage, version, { memberId: member.memberId })
  }),
  script('the protocol that most members want', [5], async (stage, version) => {
    const first = await stableGroup(stage, { protocols: wishes('sticky', 'range') })
    const other = stage.another()
    const joining = join(other, 0, { protocols: wishes('range', 'sticky') })
    await stage.settle(Heartbeat, 3, first, ({ errorCode }) => errorCode !== 0)
    const again = join(stage, version, { memberId: first.memberId, protocols: wishes('sticky', 'range') })
    await Promise.all([again, joining])
    await describe(stage)
  }),
  script('the protocol that all members support', [5, 9], async (stage, version) => {
    const first = await stableGroup(stage, { protocols: wishes('sticky', 'range') })
    const joining = join(stage.another(), 0, { protocols: wishes('other', 'range') })
    await stage.settle(Heartbeat, 3, first, ({ errorCode }) => errorCode !== 0)
    await Promise.all([
      join(stage, version, { memberId: first.memberId, protocols: wishes('sticky', 'range') }),
      joining,
    ])
    await describe(stage)
  }),
  script('a follower joins again with the same wishes', [5], async (stage, version) => {
    const { first, second, other } = await completing(stage)
    const following = sync(other, 3, second, { assignments: [] })
    await sync(stage, 3, first)
    await following
    await join(other, version, { memberId: second.memberId, protocols: OTHER })
    await beat(stage, 3, first)
  }),
  script('a member that got no assignment', [3], async (stage, version) => {
    const { first, second, other } = await completing(stage)
    const following = sync(other, version, second, { assignments: [] })
    await sync(stage, version, first, {
      assignments: [{ memberId: first.memberId, assignment: Buffer.from('all of it') }],
    })
    await following
  }),
  script('a static leader comes back', [5, 8, 9], async (stage, version) => {
    await stableGroup(stage, { groupInstanceId: 'i' })
    const again = await join(stage.another(), version, { groupInstanceId: 'i' })
    await sync(stage, 3, { groupId: stage.name('group'), ...again }, { groupInstanceId: 'i', assignments: [] })
    await describe(stage)
  }),
  script('a static leader comes back with other wishes', [5, 9], async (stage, version) => {
    await stableGroup(stage, { groupInstanceId: 'i' })
    await join(stage.another(), version, { groupInstanceId: 'i', protocols: OTHER })
    await describe(stage)
  }),
  script('an assignment that is too large for the log', [5], async (stage, version) => {
    const large = Buffer.alloc(LARGE)
    const member = await joinFully(stage, version, { ...OPAQUE, protocols: [{ name: 'range', metadata: large }] })
    const assignedTo = ({ memberId }: Member, assignment: Buffer) => ({ assignments: [{ memberId, assignment }] })
    await sync(stage, 3, member, assignedTo(member, large))
    await beat(stage, 3, member)
    await sync(stage, 3, member, assignedTo(member, large))
    const { generationId } = await join(stage, version, { ...OPAQUE, memberId: member.memberId })
    await sync(stage, 3, { ...member, generationId }, assignedTo(member, Buffer.from('less')))
    await describe(stage)
  }),
  script('a static member comes back with what is too large for the log', [5, 9], async (stage, version) => {
    const isStatic = { ...OPAQUE, groupInstanceId: 'i' }
    const first = await stableGroup(stage, isStatic)
    const protocols = [{ name: 'range', metadata: Buffer.alloc(2 * LARGE) }]
    await join(stage.another(), version, { ...isStatic, protocols })
    await beat(stage, 3, first)
    await describe(stage)
    await join(stage.another(), version, isStatic)
    await beat(stage, 3, first)
    await describe(stage)
  }),
  script('a group that everybody has left', [4], async (stage, version) => {
    const first = await stableGroup(stage)
    await leave(stage, first)
    await describe(stage)
    await joinFully(stage, version)
    await describe(stage)
  }),
)
