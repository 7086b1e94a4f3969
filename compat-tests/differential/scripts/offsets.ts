import { ListOffsets } from '../../../protocol/messages/02-list-offsets'
import { DeleteRecords } from '../../../protocol/messages/21-delete-records'
import { OffsetForLeaderEpoch } from '../../../protocol/messages/23-offset-for-leader-epoch'
import { DescribeProducers } from '../../../protocol/messages/61-describe-producers'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { batch, newTopic, produce, RECORD_TIME, readAll, type Topic } from '../steps'

const SPECIAL_TIMESTAMPS = {
  latest: -1,
  earliest: -2,
  maximum: -3,
  'earliest local': -4,
  'latest tiered': -5,
  'earliest pending upload': -6,
}

/** Records at RECORD_TIME, +1, +2 and again +0, in two batches. */
const filled = async (stage: Stage): Promise<Topic> => {
  const topic = await newTopic(stage)
  await produce(stage, topic, batch(['one', 'two', 'three']))
  await produce(stage, topic, batch(['four']))
  return topic
}

const list = (
  stage: Stage,
  version: number,
  { name }: Topic,
  timestamp: number,
  options: { partitionIndex?: number; currentLeaderEpoch?: number; isolationLevel?: number; replicaId?: number } = {},
) => {
  const { partitionIndex = 0, currentLeaderEpoch = -1, isolationLevel = 0, replicaId = -1 } = options
  const partitions = [{ partitionIndex, currentLeaderEpoch, timestamp }]
  return stage.send(ListOffsets, version, {
    replicaId,
    isolationLevel,
    topics: [{ name, partitions }],
    timeoutMs: 1000,
  })
}

const epoch = (stage: Stage, version: number, topic: string, partition: object) =>
  stage.send(OffsetForLeaderEpoch, version, { replicaId: -1, topics: [{ topic, partitions: [{ ...partition }] }] })

const deleteBefore = (stage: Stage, version: number, name: string, offset: number, partitionIndex = 0) =>
  stage.send(DeleteRecords, version, { topics: [{ name, partitions: [{ partitionIndex, offset }] }], timeoutMs: 5000 })

export const offsets = area(
  'offsets',
  ...Object.entries(SPECIAL_TIMESTAMPS).map(([about, timestamp]) =>
    script(`the ${about} offset`, [1, 2, 4, 6, 7, 8, 9, 10, 11], async (stage, version) =>
      list(stage, version, await filled(stage), timestamp),
    ),
  ),
  ...Object.entries({ latest: -1, earliest: -2, maximum: -3 }).map(([about, timestamp]) =>
    script(`the ${about} offset of an empty partition`, [1, 7], async (stage, version) =>
      list(stage, version, await newTopic(stage), timestamp),
    ),
  ),
  script('the offset of a time', [1, 4, 11], async (stage, version) => {
    const topic = await filled(stage)
    for (const time of [0, RECORD_TIME, RECORD_TIME + 1, RECORD_TIME + 2, RECORD_TIME + 3]) {
      await list(stage, version, topic, time)
    }
  }),
  script('the offset of a time that is far away', [1], async (stage, version) =>
    list(stage, version, await filled(stage), Number.MAX_SAFE_INTEGER),
  ),
  script('a negative timestamp that means nothing', [1, 11], async (stage, version) =>
    list(stage, version, await filled(stage), -9),
  ),
  script('offsets below the last stable one', [2, 7], async (stage, version) => {
    const topic = await filled(stage)
    for (const timestamp of [-1, -2]) await list(stage, version, topic, timestamp, { isolationLevel: 1 })
  }),
  script('an offset of an unknown topic', [1, 11], (stage, version) =>
    list(stage, version, { name: stage.name('unknown'), topicId: '' }, -1),
  ),
  script('an offset of an unknown partition', [1, 11], async (stage, version) =>
    list(stage, version, await newTopic(stage), -1, { partitionIndex: 7 }),
  ),
  script('an offset with a leader epoch', [4, 11], async (stage, version) => {
    const topic = await filled(stage)
    for (const currentLeaderEpoch of [0, 5]) await list(stage, version, topic, -1, { currentLeaderEpoch })
  }),
  script('an offset for a broker that is none', [1, 11], async (stage, version) =>
    list(stage, version, await filled(stage), -1, { replicaId: 9 }),
  ),
  script('an offset for the debugging consumer', [1, 11], async (stage, version) =>
    list(stage, version, await filled(stage), -1, { replicaId: -2 }),
  ),
  script('a partition twice in one request', [1, 11], async (stage, version) => {
    const { name } = await filled(stage)
    const partitions = [-1, -2].map(timestamp => ({ partitionIndex: 0, timestamp }))
    await stage.send(ListOffsets, version, { replicaId: -1, topics: [{ name, partitions }] })
  }),
  script('the end of a leader epoch', [2, 3, 4], async (stage, version) => {
    const { name } = await filled(stage)
    for (const leaderEpoch of [0, 1, -1]) await epoch(stage, version, name, { partition: 0, leaderEpoch })
  }),
  script('the end of a leader epoch in an empty log', [2, 4], async (stage, version) => {
    const { name } = await newTopic(stage)
    for (const leaderEpoch of [0, 1]) await epoch(stage, version, name, { partition: 0, leaderEpoch })
  }),
  script('the end of a leader epoch, asked with another current one', [2, 4], async (stage, version) => {
    const { name } = await filled(stage)
    for (const currentLeaderEpoch of [0, 4]) {
      await epoch(stage, version, name, { partition: 0, leaderEpoch: 0, currentLeaderEpoch })
    }
  }),
  script('the end of a leader epoch of an unknown partition', [2, 4], async (stage, version) => {
    const { name } = await newTopic(stage)
    await epoch(stage, version, name, { partition: 8, leaderEpoch: 0 })
    await epoch(stage, version, stage.name('unknown'), { partition: 0, leaderEpoch: 0 })
  }),
  script('records are deleted', [0, 1, 2], async (stage, version) => {
    const topic = await filled(stage)
    await deleteBefore(stage, version, topic.name, 3)
    await list(stage, 4, topic, -2)
    await stage.send(OffsetForLeaderEpoch, 4, {
      replicaId: -1,
      topics: [{ topic: topic.name, partitions: [{ partition: 0, leaderEpoch: 0 }] }],
    })
    await readAll(stage, topic)
  }),
  script('all records are deleted', [0, 2], async (stage, version) => {
    const topic = await filled(stage)
    await deleteBefore(stage, version, topic.name, -1)
    await list(stage, 4, topic, -2)
    await list(stage, 7, topic, -3)
  }),
  script('more records are deleted than there are', [0, 2], async (stage, version) => {
    const { name } = await filled(stage)
    await deleteBefore(stage, version, name, 100)
  }),
  script('records before a negative offset are deleted', [2], async (stage, version) => {
    const { name } = await filled(stage)
    await deleteBefore(stage, version, name, -2)
  }),
  script('records that are gone are deleted', [2], async (stage, version) => {
    const { name } = await filled(stage)
    await deleteBefore(stage, version, name, 3)
    await deleteBefore(stage, version, name, 1)
  }),
  script('records of an unknown partition are deleted', [0, 2], async (stage, version) => {
    const { name } = await newTopic(stage)
    await deleteBefore(stage, version, name, 0, 5)
    await deleteBefore(stage, version, stage.name('unknown'), 0)
  }),
  script('records of a compacted topic are deleted', [2], async (stage, version) => {
    const { name } = await newTopic(stage, { configs: { 'cleanup.policy': 'compact' } })
    await deleteBefore(stage, version, name, 0)
  }),
  script('records of an internal topic are deleted', [2], (stage, version) =>
    deleteBefore(stage, version, '__consumer_offsets', 0),
  ),
  script('producers of a partition that has none', [0], async (stage, version) => {
    const { name } = await filled(stage)
    await stage.send(DescribeProducers, version, { topics: [{ name, partitionIndexes: [0, 5] }] })
  }),
  script('producers of an unknown topic', [0], (stage, version) =>
    stage.send(DescribeProducers, version, { topics: [{ name: stage.name('unknown'), partitionIndexes: [0] }] }),
  ),
  script('producers of a name that no topic can have', [0], (stage, version) =>
    stage.send(DescribeProducers, version, { topics: [{ name: 'a b', partitionIndexes: [0] }] }),
  ),
)
