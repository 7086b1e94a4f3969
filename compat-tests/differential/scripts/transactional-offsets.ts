import { OffsetFetch } from '../../../protocol/messages/09-offset-fetch'
import { AddOffsetsToTxn } from '../../../protocol/messages/25-add-offsets-to-txn'
import { TxnOffsetCommit } from '../../../protocol/messages/28-txn-offset-commit'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic, type Topic } from '../steps'
import { stableGroup } from './group-steps'
import { end, finished, init, OLD_END_VERSION, type Producer } from './transaction-steps'

const ADD_VERSIONS = [0, 1, 2, 3, 4]
const COMMIT_VERSIONS = [0, 2, 3, 4]

const addOffsets = (stage: Stage, version: number, producer: Producer, groupId = stage.name('group')) =>
  stage.send(AddOffsetsToTxn, version, { ...producer, groupId })

const commit = (stage: Stage, version: number, topic: Topic, producer: Producer, request: object = {}) => {
  const partition = { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 0, committedMetadata: 'a note' }
  const topics = [{ name: topic.name, partitions: [partition] }]
  return stage.send(TxnOffsetCommit, version, { ...producer, groupId: stage.name('group'), topics, ...request })
}

const committed = (stage: Stage, { name, topicId }: Topic, requireStable = false) => {
  const topics = [{ name, topicId, partitionIndexes: [0] }]
  return stage.send(OffsetFetch, 8, { groups: [{ groupId: stage.name('group'), topics }], requireStable })
}

const opened = async (stage: Stage): Promise<{ topic: Topic; producer: Producer }> => {
  const topic = await newTopic(stage)
  const producer = await init(stage, 4)
  await addOffsets(stage, 3, producer)
  return { topic, producer }
}

export const transactionalOffsets = area(
  'transactional offsets',
  script('offsets are added', ADD_VERSIONS, async (stage, version) => addOffsets(stage, version, await init(stage, 4))),
  script('offsets are added by another epoch', ADD_VERSIONS, async (stage, version) =>
    addOffsets(stage, version, { ...(await init(stage, 4)), producerEpoch: 7 }),
  ),
  script('offsets are added by a fenced producer', ADD_VERSIONS, async (stage, version) => {
    const producer = await init(stage, 4)
    await init(stage, 4)
    await addOffsets(stage, version, producer)
  }),
  script('offsets are added by another producer', [0, 4], async (stage, version) =>
    addOffsets(stage, version, { ...(await init(stage, 4)), producerId: 123_456_789 }),
  ),
  script('offsets are added for an unknown id', [0, 4], (stage, version) =>
    addOffsets(stage, version, { transactionalId: stage.name('unknown'), producerId: 5, producerEpoch: 0 }),
  ),
  script('offsets are added for a group without a name', [0, 4], async (stage, version) =>
    addOffsets(stage, version, await init(stage, 4), ''),
  ),
  script('offsets are committed with the transaction', COMMIT_VERSIONS, async (stage, version) => {
    const { topic, producer } = await opened(stage)
    await commit(stage, version, topic, producer)
    await committed(stage, topic)
    await committed(stage, topic, true)
    await end(stage, OLD_END_VERSION, producer)
    await finished(stage, producer)
    await stage.settle(
      OffsetFetch,
      8,
      {
        groups: [{ groupId: stage.name('group'), topics: [{ name: topic.name, partitionIndexes: [0] }] }],
        requireStable: true,
      },
      ({ groups }) => groups[0]!.topics[0]!.partitions[0]!.errorCode === 0,
    )
  }),
  script('offsets are given up with the transaction', COMMIT_VERSIONS, async (stage, version) => {
    const { topic, producer } = await opened(stage)
    await commit(stage, version, topic, producer)
    await end(stage, OLD_END_VERSION, producer, false)
    await finished(stage, producer)
    await committed(stage, topic)
  }),
  script('offsets that were not added before', COMMIT_VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage)
    await commit(stage, version, topic, await init(stage, 4))
  }),
  script('offsets that the newer protocol adds by itself', [5], async (stage, version) => {
    const topic = await newTopic(stage)
    const producer = await init(stage, 5)
    await commit(stage, version, topic, producer)
    await end(stage, 5, producer)
    await finished(stage, producer)
    await committed(stage, topic)
  }),
  script('offsets of a fenced producer', [0, 3, 5], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    await init(stage, 4)
    await finished(stage, producer)
    await commit(stage, version, topic, producer)
  }),
  script('offsets of an unknown member', [3, 4], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    await stableGroup(stage)
    await commit(stage, version, topic, producer, { memberId: 'unknown', generationId: 1 })
  }),
  script('offsets of another generation', [3, 4], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    const { memberId } = await stableGroup(stage)
    await commit(stage, version, topic, producer, { memberId, generationId: 8 })
  }),
  script('offsets of a member', [3, 4], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    const { memberId, generationId } = await stableGroup(stage)
    await commit(stage, version, topic, producer, { memberId, generationId })
  }),
  script('offsets of somebody outside of a group with members', [0, 3], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    await stableGroup(stage)
    await commit(stage, version, topic, producer)
  }),
  script('offsets of an unknown static member', [3, 4], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    const { memberId, generationId } = await stableGroup(stage)
    await commit(stage, version, topic, producer, { memberId, generationId, groupInstanceId: 'unknown' })
  }),
  script('offsets of an unknown topic', [0, 3], async (stage, version) => {
    const { producer } = await opened(stage)
    await commit(stage, version, { name: stage.name('unknown'), topicId: '' }, producer)
  }),
  script('metadata that is too long', [0, 3], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    const partitions = [{ partitionIndex: 0, committedOffset: 5, committedMetadata: 'x'.repeat(4097) }]
    await commit(stage, version, topic, producer, { topics: [{ name: topic.name, partitions }] })
  }),
  script('a group without a name', [0, 3], async (stage, version) => {
    const { topic, producer } = await opened(stage)
    await commit(stage, version, topic, producer, { groupId: '' })
  }),
  script('offsets of a transaction that takes too long', [3], async (stage, version) => {
    const topic = await newTopic(stage)
    const producer = await init(stage, 4, { transactionTimeoutMs: 500 })
    await addOffsets(stage, 3, producer)
    await commit(stage, version, topic, producer)
    await finished(stage, producer)
    await commit(stage, version, topic, producer)
    await end(stage, OLD_END_VERSION, producer)
    await committed(stage, topic)
  }),
  script('no offsets', [0, 3], async (stage, version) => {
    const { producer } = await opened(stage)
    await stage.send(TxnOffsetCommit, version, { ...producer, groupId: stage.name('group'), topics: [] })
  }),
)
