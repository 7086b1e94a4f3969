import { Heartbeat } from '../../../protocol/messages/12-heartbeat'
import { LeaveGroup } from '../../../protocol/messages/13-leave-group'
import { DescribeGroups } from '../../../protocol/messages/15-describe-groups'
import { ListGroups } from '../../../protocol/messages/16-list-groups'
import { ConsumerGroupHeartbeat } from '../../../protocol/messages/68-consumer-group-heartbeat'
import { ConsumerGroupDescribe } from '../../../protocol/messages/69-consumer-group-describe'
import type { InputOf, MessageOf } from '../../../protocol/schema/message'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic, type Topic } from '../steps'
import { assignment, join, stableGroup, subscription, sync } from './group-steps'

type HeartbeatResponse = MessageOf<typeof ConsumerGroupHeartbeat.response>

const ONE = 'AAAAAAAAAAAAAAAAAAABAQ'
const TWO = 'AAAAAAAAAAAAAAAAAAACAg'
const LEAVE_EPOCH = -1

const partitionsOf = ({ assignment }: HeartbeatResponse): number =>
  (assignment?.topicPartitions ?? []).reduce((sum, { partitions }) => sum + partitions.length, 0)

const first = (stage: Stage, memberId: string, { name }: Topic): InputOf<typeof ConsumerGroupHeartbeat.request> => ({
  groupId: stage.name('group'),
  memberId,
  memberEpoch: 0,
  rebalanceTimeoutMs: 30_000,
  subscribedTopicNames: [name],
  topicPartitions: [],
})

/** A heartbeat that says all, and so is told all, above all what the member has; it is sent again until the member is to have `count` partitions. */
const own = (
  stage: Stage,
  memberId: string,
  memberEpoch: number,
  topic: Topic,
  partitions: readonly number[],
  count: number,
) => {
  const topicPartitions = [{ topicId: topic.topicId, partitions }]
  const request = { ...first(stage, memberId, topic), memberEpoch, topicPartitions }
  return stage.settle(ConsumerGroupHeartbeat, 1, request, answer => partitionsOf(answer) === count)
}

const describe = (stage: Stage) => stage.send(ConsumerGroupDescribe, 1, { groupIds: [stage.name('group')] })

const list = (stage: Stage) =>
  stage.send(ListGroups, 5, {}, ({ groups }) => ({
    groups: groups.filter(({ groupId }) => groupId === stage.name('group')),
  }))

/** A stable classic group of a consumer of the topic. */
const classicGroup = async (stage: Stage) => {
  const topic = await newTopic(stage, { partitions: 2 })
  const protocols = [{ name: 'range', metadata: subscription(topic.name) }]
  return { topic, protocols, member: await stableGroup(stage, { protocols }, assignment(topic.name, [0, 1])) }
}

export const migrations = area(
  'members of consumer groups',
  script('two members share partitions', [1], async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 4 })
    const isAll = (answer: HeartbeatResponse) => partitionsOf(answer) === 4
    const one = await stage.settle(ConsumerGroupHeartbeat, version, first(stage, ONE, topic), isAll)
    await own(stage, ONE, one.memberEpoch, topic, [0, 1, 2, 3], 4)
    const other = stage.another()
    const two = await other.send(ConsumerGroupHeartbeat, version, first(stage, TWO, topic))
    const revoking = await own(stage, ONE, one.memberEpoch, topic, [0, 1, 2, 3], 2)
    const [kept] = revoking.assignment!.topicPartitions
    await own(stage, ONE, revoking.memberEpoch, topic, kept!.partitions, 2)
    await own(other, TWO, two.memberEpoch, topic, [], 2)
  }),
  script('what one member leaves goes to the other', [1], async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 2 })
    const isAll = (answer: HeartbeatResponse) => partitionsOf(answer) === 2
    await stage.settle(ConsumerGroupHeartbeat, version, first(stage, ONE, topic), isAll)
    const other = stage.another()
    const two = await other.send(ConsumerGroupHeartbeat, version, first(stage, TWO, topic))
    const leaving = { groupId: stage.name('group'), memberId: ONE, memberEpoch: LEAVE_EPOCH }
    await stage.send(ConsumerGroupHeartbeat, version, leaving)
    await own(other, TWO, two.memberEpoch, topic, [], 2)
  }),
  script('a consumer joins a classic group', [1], async (stage, version) => {
    const { topic, member } = await classicGroup(stage)
    await stage.another().send(ConsumerGroupHeartbeat, version, first(stage, ONE, topic))
    await list(stage)
    await stage.settle(Heartbeat, 4, member, ({ errorCode }) => errorCode !== 0)
  }),
  script('a classic group that became one of consumers is described', [5, 6], async (stage, version) => {
    const { topic, member } = await classicGroup(stage)
    await stage.another().send(ConsumerGroupHeartbeat, 1, first(stage, ONE, topic))
    await stage.send(DescribeGroups, version, { groups: [member.groupId] })
  }),
  script('a classic member joins a consumer group', [5, 9], async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 2 })
    const isAll = (answer: HeartbeatResponse) => partitionsOf(answer) === 2
    await stage.settle(ConsumerGroupHeartbeat, 1, first(stage, ONE, topic), isAll)
    const other = stage.another()
    const protocols = [{ name: 'range', metadata: subscription(topic.name) }]
    const asked = await join(other, version, { protocols })
    const joined = await join(other, version, { protocols, memberId: asked.memberId })
    const member = { groupId: stage.name('group'), ...joined }
    await sync(other, 5, member, { assignments: [] })
    await list(stage)
  }),
  script('a classic member of a consumer group in another generation', [4], async (stage, version) => {
    const { topic, member } = await classicGroup(stage)
    await stage.another().send(ConsumerGroupHeartbeat, 1, first(stage, ONE, topic))
    await stage.send(Heartbeat, version, { ...member, generationId: 99 })
    await stage.send(Heartbeat, version, { ...member, memberId: 'unknown' })
    await sync(stage, 5, { ...member, generationId: 99 })
    await sync(stage, 5, { ...member, memberId: 'unknown' })
  }),
  script('the last consumer leaves a group with a classic member', [1], async (stage, version) => {
    const { topic } = await classicGroup(stage)
    const other = stage.another()
    await other.send(ConsumerGroupHeartbeat, version, first(stage, ONE, topic))
    const leaving = { groupId: stage.name('group'), memberId: ONE, memberEpoch: LEAVE_EPOCH }
    await other.send(ConsumerGroupHeartbeat, version, leaving)
    await list(stage)
  }),
  script('a classic member leaves a consumer group', [3, 5], async (stage, version) => {
    const { topic, member } = await classicGroup(stage)
    await stage.another().send(ConsumerGroupHeartbeat, 1, first(stage, ONE, topic))
    const members = [{ memberId: member.memberId }, { memberId: 'unknown' }]
    await stage.send(LeaveGroup, version, { groupId: member.groupId, members })
    await describe(stage)
  }),
  script('a consumer joins a group of committed offsets only', [1], async (stage, version) => {
    const { topic, member } = await classicGroup(stage)
    await stage.send(LeaveGroup, 4, { groupId: member.groupId, members: [{ memberId: member.memberId }] })
    await stage.settle(ConsumerGroupHeartbeat, version, first(stage, ONE, topic), answer => partitionsOf(answer) === 2)
    await list(stage)
  }),
)
