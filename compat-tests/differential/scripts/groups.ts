import { FindCoordinator } from '../../../protocol/messages/10-find-coordinator'
import { Heartbeat } from '../../../protocol/messages/12-heartbeat'
import { LeaveGroup } from '../../../protocol/messages/13-leave-group'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { join, joinFully, joinRequest, type Member, stableGroup, subscription, sync } from './group-steps'

const JOIN_VERSIONS = [0, 2, 3, 4, 5, 6, 7, 8, 9]
const SOME_JOIN_VERSIONS = [0, 4, 9]

const heartbeat = (stage: Stage, version: number, { groupId, memberId, generationId }: Member, request: object = {}) =>
  stage.send(Heartbeat, version, { groupId, memberId, generationId, ...request })

const leave = (stage: Stage, version: number, { groupId, memberId }: Member, member: object = {}) =>
  stage.send(LeaveGroup, version, { groupId, memberId, members: [{ memberId, ...member }] })

const coordinators = (stage: Stage, version: number, keyType: number, keys: readonly string[]) =>
  stage.send(FindCoordinator, version, { keyType, key: keys[0]!, coordinatorKeys: keys })

export const groups = area(
  'groups',
  script('the coordinator of a group', [0, 1, 2, 3, 4, 5, 6], (stage, version) =>
    coordinators(stage, version, 0, [stage.name('group')]),
  ),
  script('the coordinator of a transactional id', [1, 3, 4, 6], (stage, version) =>
    coordinators(stage, version, 1, [stage.name('id')]),
  ),
  script('the coordinator of nobody', [0, 3, 4], (stage, version) => coordinators(stage, version, 0, [''])),
  script('the coordinator of a transactional id without a name', [3, 4], (stage, version) =>
    coordinators(stage, version, 1, ['']),
  ),
  script('the coordinator of an unknown kind', [1, 3, 4], (stage, version) => coordinators(stage, version, 9, ['x'])),
  script('the coordinator of a share partition with a bad key', [6], (stage, version) =>
    coordinators(stage, version, 2, ['not a key']),
  ),
  script('coordinators of several groups', [4, 6], (stage, version) =>
    coordinators(
      stage,
      version,
      0,
      ['a', 'b', '', 'a'].map(name => name && stage.name(name)),
    ),
  ),
  script('coordinators of no group', [4], (stage, version) =>
    stage.send(FindCoordinator, version, { coordinatorKeys: [] }),
  ),
  script('a member joins', JOIN_VERSIONS, (stage, version) => joinFully(stage, version)),
  script('a member joins and is assigned', [0, 3, 5], async (stage, version) => {
    const member = await joinFully(stage, version === 0 ? 0 : 5)
    await sync(stage, version, member)
    await sync(stage, version, member)
  }),
  script('a member joins with an id that it made up', SOME_JOIN_VERSIONS, (stage, version) =>
    join(stage, version, { memberId: 'made-up' }),
  ),
  script('a member joins a group without a name', SOME_JOIN_VERSIONS, (stage, version) =>
    join(stage, version, { groupId: '' }),
  ),
  script('a member joins without a protocol', SOME_JOIN_VERSIONS, (stage, version) =>
    join(stage, version, { protocols: [] }),
  ),
  script('a member joins without a kind of protocol', SOME_JOIN_VERSIONS, (stage, version) =>
    join(stage, version, { protocolType: '' }),
  ),
  script('a session timeout that is too short', SOME_JOIN_VERSIONS, (stage, version) =>
    join(stage, version, { sessionTimeoutMs: 10 }),
  ),
  script('a session timeout that is too long', SOME_JOIN_VERSIONS, (stage, version) =>
    join(stage, version, { sessionTimeoutMs: 9_000_000 }),
  ),
  script('another kind of protocol', [0, 4, 7], async (stage, version) => {
    await stableGroup(stage)
    await join(stage.another(), version, { protocolType: 'connect' })
  }),
  script('no protocol in common', [0, 4, 7], async (stage, version) => {
    await stableGroup(stage)
    await join(stage.another(), version, { protocols: [{ name: 'other', metadata: subscription() }] })
  }),
  script('a member joins again', [3, 5, 7, 9], async (stage, version) => {
    const { memberId } = await stableGroup(stage)
    await join(stage, version, { memberId })
  }),
  script('a leader joins again with other wishes', [3, 5], async (stage, version) => {
    const member = await stableGroup(stage)
    const protocols = [{ name: 'range', metadata: subscription('something-else') }]
    const { generationId } = await join(stage, version, { memberId: member.memberId, protocols })
    await sync(stage, 3, { ...member, generationId })
  }),
  script('two members share a group', [0, 5, 9], async (stage, version) => {
    const [one, two] = [stage, stage.another()]
    const leader = await stableGroup(one)
    const protocols = [{ name: 'range', metadata: subscription('what-the-other-reads') }]
    const asked = version < 4 ? null : await join(two, version, { protocols })
    const joining = join(two, version, { protocols, memberId: asked?.memberId ?? '' })
    // The answer to the second member waits for the first one, which learns of it by its heartbeat.
    await one.settle(Heartbeat, 3, leader, ({ errorCode }) => errorCode !== 0)
    const [again, second] = await Promise.all([join(one, 5, { memberId: leader.memberId }), joining])
    const followed = sync(two, 3, { groupId: leader.groupId, ...second }, { assignments: [] })
    const assignments = [again.memberId, second.memberId].map((memberId, n) => ({
      memberId,
      assignment: Buffer.from(`part ${n}`),
    }))
    await sync(one, 3, { groupId: leader.groupId, ...again }, { assignments })
    await followed
  }),
  script('a static member joins', [5, 6, 9], (stage, version) => join(stage, version, { groupInstanceId: 'i' })),
  script('a static member comes back', [5, 8, 9], async (stage, version) => {
    const member = await stableGroup(stage, { groupInstanceId: 'i' })
    await join(stage.another(), version, { groupInstanceId: 'i' })
    await heartbeat(stage, 3, member, { groupInstanceId: 'i' })
  }),
  script('a static member comes back with its old id', [5, 9], async (stage, version) => {
    const { memberId } = await stableGroup(stage, { groupInstanceId: 'i' })
    await join(stage.another(), version, { groupInstanceId: 'i' })
    await join(stage, version, { groupInstanceId: 'i', memberId })
  }),
  script('an unknown static member with an id', [5, 9], (stage, version) =>
    join(stage, version, { groupInstanceId: 'i', memberId: 'made-up' }),
  ),
  script('sync of an unknown group', [0, 3, 5], (stage, version) =>
    sync(stage, version, { groupId: stage.name('unknown'), memberId: 'm', generationId: 1 }),
  ),
  script('sync of an unknown member', [0, 3, 5], async (stage, version) =>
    sync(stage, version, { ...(await stableGroup(stage)), memberId: 'unknown' }),
  ),
  script('sync in another generation', [0, 3, 5], async (stage, version) =>
    sync(stage, version, { ...(await stableGroup(stage)), generationId: 9 }),
  ),
  script('sync without a group', [0, 5], (stage, version) =>
    sync(stage, version, { groupId: '', memberId: 'm', generationId: 1 }),
  ),
  script('sync with another protocol', [5], async (stage, version) => {
    const member = await joinFully(stage, 9)
    await sync(stage, version, member, { protocolName: 'other' })
    await sync(stage, version, member, { protocolType: 'other' })
    await sync(stage, version, member, { protocolType: null, protocolName: null })
  }),
  script('sync of a leader that assigns nothing', [3], async (stage, version) =>
    sync(stage, version, await joinFully(stage, 5), { assignments: [] }),
  ),
  script('sync with an assignment of an unknown member', [3], async (stage, version) => {
    const assignments = [{ memberId: 'unknown', assignment: Buffer.from('x') }]
    await sync(stage, version, await joinFully(stage, 5), { assignments })
  }),
  script('a heartbeat', [0, 2, 3, 4], async (stage, version) => heartbeat(stage, version, await stableGroup(stage))),
  script('a heartbeat before the assignment', [0, 4], async (stage, version) =>
    heartbeat(stage, version, await joinFully(stage, 5)),
  ),
  script('a heartbeat of an unknown group', [0, 4], (stage, version) =>
    heartbeat(stage, version, { groupId: stage.name('unknown'), memberId: 'm', generationId: 1 }),
  ),
  script('a heartbeat without a group', [0, 4], (stage, version) =>
    heartbeat(stage, version, { groupId: '', memberId: 'm', generationId: 1 }),
  ),
  script('a heartbeat of an unknown member', [0, 4], async (stage, version) =>
    heartbeat(stage, version, { ...(await stableGroup(stage)), memberId: 'unknown' }),
  ),
  script('a heartbeat of another generation', [0, 4], async (stage, version) => {
    const member = await stableGroup(stage)
    for (const generationId of [0, 2, -1]) await heartbeat(stage, version, { ...member, generationId })
  }),
  script('a heartbeat of an unknown static member', [3, 4], async (stage, version) =>
    heartbeat(stage, version, await stableGroup(stage), { groupInstanceId: 'unknown' }),
  ),
  script('a member leaves', [0, 1, 2, 3, 4, 5], async (stage, version) => {
    const member = await stableGroup(stage)
    await leave(stage, version, member)
    await heartbeat(stage, 3, member)
  }),
  script('a member leaves twice', [0, 3, 5], async (stage, version) => {
    const member = await stableGroup(stage)
    await leave(stage, version, member)
    await leave(stage, version, member)
  }),
  script('an unknown member leaves', [0, 3, 5], async (stage, version) =>
    leave(stage, version, { ...(await stableGroup(stage)), memberId: 'unknown' }),
  ),
  script('a member leaves an unknown group', [0, 3, 5], (stage, version) =>
    leave(stage, version, { groupId: stage.name('unknown'), memberId: 'm', generationId: 1 }),
  ),
  script('a member leaves a group without a name', [0, 3, 5], (stage, version) =>
    leave(stage, version, { groupId: '', memberId: 'm', generationId: 1 }),
  ),
  script('a member leaves before it has joined', [0, 3, 5], async (stage, version) => {
    const { memberId } = await join(stage, 4)
    await leave(stage, version, { groupId: stage.name('group'), memberId, generationId: -1 })
  }),
  script('a static member leaves by its name', [3, 5], async (stage, version) => {
    const member = await stableGroup(stage, { groupInstanceId: 'i' })
    await leave(stage, version, { ...member, memberId: '' }, { groupInstanceId: 'i' })
    await heartbeat(stage, 3, member, { groupInstanceId: 'i' })
  }),
  script('a static member leaves with a wrong id', [3, 5], async (stage, version) => {
    const member = await stableGroup(stage, { groupInstanceId: 'i' })
    await leave(stage, version, { ...member, memberId: 'wrong' }, { groupInstanceId: 'i' })
  }),
  script('an unknown static member leaves', [3, 5], async (stage, version) =>
    leave(stage, version, { ...(await stableGroup(stage)), memberId: '' }, { groupInstanceId: 'unknown' }),
  ),
  script('several members leave at once', [3, 5], async (stage, version) => {
    const { groupId, memberId } = await stableGroup(stage)
    const members = [{ memberId }, { memberId: 'unknown' }, { memberId: '', groupInstanceId: 'unknown' }]
    await stage.send(LeaveGroup, version, { groupId, members })
  }),
  script('nobody leaves', [3, 5], async (stage, version) => {
    const { groupId } = await stableGroup(stage)
    await stage.send(LeaveGroup, version, { groupId, members: [] })
  }),
  script('a pending member syncs and beats', [4], async stage => {
    const { memberId } = await join(stage, 4)
    const member = { groupId: joinRequest(stage).groupId!, memberId, generationId: 0 }
    await sync(stage, 3, member)
    await heartbeat(stage, 3, member)
  }),
)
