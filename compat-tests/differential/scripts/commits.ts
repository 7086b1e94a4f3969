import { OffsetCommit } from '../../../protocol/messages/08-offset-commit'
import { OffsetFetch } from '../../../protocol/messages/09-offset-fetch'
import { OffsetDelete } from '../../../protocol/messages/47-offset-delete'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic, type Topic } from '../steps'
import { joinFully, stableGroup } from './group-steps'

const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAKg'
const VERSIONS = [2, 6, 7, 9, 10]

interface Commit {
  readonly groupId?: string
  readonly memberId?: string
  readonly generationId?: number
  readonly groupInstanceId?: string | null
  readonly partitionIndex?: number
  readonly committedOffset?: number
  readonly committedLeaderEpoch?: number
  readonly committedMetadata?: string | null
}

export const commit = (stage: Stage, version: number, { name, topicId }: Topic, options: Commit = {}) => {
  const { groupId = stage.name('group'), memberId = '', generationId = -1, groupInstanceId = null } = options
  const { partitionIndex = 0, committedOffset = 5, committedLeaderEpoch = 0, committedMetadata = 'a note' } = options
  const partition = { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }
  return stage.send(OffsetCommit, version, {
    groupId,
    memberId,
    generationIdOrMemberEpoch: generationId,
    groupInstanceId,
    topics: [{ name, topicId, partitions: [partition] }],
  })
}

interface Asked {
  readonly groupId?: string
  readonly partitionIndexes?: readonly number[]
  readonly requireStable?: boolean
}

/** Asks for offsets; without a topic for all. */
const committed = (stage: Stage, version: number, topic: Topic | null, options: Asked = {}) => {
  const { groupId = stage.name('group'), partitionIndexes = [0], requireStable = false } = options
  const topics = topic && [{ name: topic.name, topicId: topic.topicId, partitionIndexes }]
  return stage.send(OffsetFetch, version, { groupId, topics, groups: [{ groupId, topics }], requireStable })
}

export const commits = area(
  'committed offsets',
  script('an offset comes back', [2, 3, 4, 5, 6, 7, 8, 9, 10], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic)
    await committed(stage, version, topic)
  }),
  script('all offsets come back', [2, 7, 8, 10], async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 2 })
    await commit(stage, 7, topic, { partitionIndex: 0 })
    await commit(stage, 7, topic, { partitionIndex: 1, committedOffset: 7, committedMetadata: null })
    await committed(stage, version, null)
  }),
  script('offsets that were not committed', [1, 5, 8, 10], async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 2 })
    await commit(stage, 7, topic)
    await committed(stage, version, topic, { partitionIndexes: [1, 0, 9] })
  }),
  script('offsets of an unknown group', [1, 2, 8, 10], async (stage, version) => {
    const topic = await newTopic(stage)
    await committed(stage, version, topic, { groupId: stage.name('unknown') })
    await committed(stage, version === 1 ? 2 : version, null, { groupId: stage.name('unknown') })
  }),
  script('offsets of an unknown topic', [1, 7, 9], (stage, version) =>
    committed(stage, version, { name: stage.name('unknown'), topicId: UNKNOWN_ID }),
  ),
  script('offsets of an unknown topic id', [10], (stage, version) =>
    committed(stage, version, { name: '', topicId: UNKNOWN_ID }),
  ),
  script('offsets of no topic', [2, 8, 10], async (stage, version) => {
    const groupId = stage.name('group')
    await commit(stage, 7, await newTopic(stage))
    await stage.send(OffsetFetch, version, { groupId, topics: [], groups: [{ groupId, topics: [] }] })
  }),
  script('offsets of several groups', [8, 10], async (stage, version) => {
    const { name, topicId } = await newTopic(stage)
    await commit(stage, 7, { name, topicId })
    const topics = [{ name, topicId, partitionIndexes: [0] }]
    const groups = ['group', 'unknown'].map(label => ({ groupId: stage.name(label), topics }))
    await stage.send(OffsetFetch, version, { groups })
  }),
  script('offsets for a member', [9, 10], async (stage, version) => {
    const topic = await newTopic(stage)
    const { groupId, memberId, generationId } = await stableGroup(stage)
    const topics = [{ ...topic, partitionIndexes: [0] }]
    for (const asked of [
      { memberId, memberEpoch: generationId },
      { memberId: 'unknown', memberEpoch: 1 },
    ]) {
      await stage.send(OffsetFetch, version, { groups: [{ groupId, topics, ...asked }] })
    }
  }),
  script('stable offsets', [7, 8, 10], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, 7, topic)
    await committed(stage, version, topic, { requireStable: true })
  }),
  script('a member commits', VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, await stableGroup(stage))
  }),
  script('an unknown member commits', VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, { ...(await stableGroup(stage)), memberId: 'unknown' })
  }),
  script('somebody outside of a group with members commits', VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage)
    await stableGroup(stage)
    await commit(stage, version, topic)
  }),
  script('a member commits in another generation', VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, { ...(await stableGroup(stage)), generationId: 9 })
  }),
  script('a member commits before its assignment', [2, 9], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, await joinFully(stage, 5))
  }),
  script('a static member that was replaced commits', [7, 9], async (stage, version) => {
    const topic = await newTopic(stage)
    const member = await stableGroup(stage, { groupInstanceId: 'i' })
    await commit(stage, version, topic, { ...member, memberId: 'another', groupInstanceId: 'i' })
  }),
  script('a generation of an unknown group', VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, { memberId: 'm', generationId: 3 })
  }),
  script('a group without a name', [2, 9], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, { groupId: '' })
    await committed(stage, 7, topic, { groupId: '' })
  }),
  script('an unknown topic is committed', [2, 9], (stage, version) =>
    commit(stage, version, { name: stage.name('unknown'), topicId: UNKNOWN_ID }),
  ),
  script('an unknown topic id is committed', [10], (stage, version) =>
    commit(stage, version, { name: '', topicId: UNKNOWN_ID }),
  ),
  script('an unknown partition is committed', [2, 9, 10], async (stage, version) =>
    commit(stage, version, await newTopic(stage), { partitionIndex: 9 }),
  ),
  script('a negative offset is committed', [2, 9], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, { committedOffset: -5 })
    await committed(stage, 7, topic)
  }),
  script('metadata that is too long', [2, 9], async (stage, version) =>
    commit(stage, version, await newTopic(stage), { committedMetadata: 'x'.repeat(4097) }),
  ),
  script('the longest metadata', [2, 9], async (stage, version) =>
    commit(stage, version, await newTopic(stage), { committedMetadata: 'x'.repeat(4096) }),
  ),
  script('no metadata', [2, 9], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, { committedMetadata: null })
    await committed(stage, version, topic)
  }),
  script('nothing is committed', [2, 9, 10], (stage, version) =>
    stage.send(OffsetCommit, version, { groupId: stage.name('group'), topics: [] }),
  ),
  script('an offset is deleted', [0], async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, 7, topic)
    const topics = [{ name: topic.name, partitions: [{ partitionIndex: 0 }, { partitionIndex: 7 }] }]
    await stage.send(OffsetDelete, version, { groupId: stage.name('group'), topics })
    await committed(stage, 7, topic)
  }),
  script('an offset of an unknown topic is deleted', [0], async (stage, version) => {
    await commit(stage, 7, await newTopic(stage))
    const topics = [{ name: stage.name('unknown'), partitions: [{ partitionIndex: 0 }] }]
    await stage.send(OffsetDelete, version, { groupId: stage.name('group'), topics })
  }),
  script('an offset of an unknown group is deleted', [0], async (stage, version) => {
    const { name } = await newTopic(stage)
    const topics = [{ name, partitions: [{ partitionIndex: 0 }] }]
    await stage.send(OffsetDelete, version, { groupId: stage.name('unknown'), topics })
  }),
  script('an offset of a group without a name is deleted', [0], (stage, version) =>
    stage.send(OffsetDelete, version, { groupId: '', topics: [] }),
  ),
  script('an offset of a group with members is deleted', [0], async (stage, version) => {
    const topic = await newTopic(stage)
    const member = await stableGroup(stage, { protocolType: 'other' })
    await commit(stage, 7, topic, member)
    const topics = [{ name: topic.name, partitions: [{ partitionIndex: 0 }] }]
    await stage.send(OffsetDelete, version, { groupId: member.groupId, topics })
  }),
)
