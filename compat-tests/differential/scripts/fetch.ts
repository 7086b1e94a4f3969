import { Fetch } from '../../../protocol/messages/01-fetch'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { batch, type FetchPartition, fetchRequest, newTopic, produce, type Topic, type TopicOptions } from '../steps'

const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAKg'
const VERSIONS = [4, 7, 11, 12, 13, 18]
const SOME_VERSIONS = [4, 12, 18]

/** A topic with the batches (one, two), (three), (four, five, six). */
const filled = async (stage: Stage, options?: TopicOptions): Promise<Topic> => {
  const topic = await newTopic(stage, options)
  for (const values of [['one', 'two'], ['three'], ['four', 'five', 'six']]) await produce(stage, topic, batch(values))
  return topic
}

const fetchFilled = async (
  stage: Stage,
  version: number,
  partition: FetchPartition,
  options: Parameters<typeof fetchRequest>[2] = {},
) => stage.send(Fetch, version, fetchRequest(await filled(stage), partition, options))

export const fetch = area(
  'fetch',
  script('everything', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], (stage, version) =>
    fetchFilled(stage, version, {}),
  ),
  script('an empty partition', SOME_VERSIONS, async (stage, version) =>
    stage.send(Fetch, version, fetchRequest(await newTopic(stage))),
  ),
  script('from the middle of a batch', SOME_VERSIONS, (stage, version) =>
    fetchFilled(stage, version, { fetchOffset: 4 }),
  ),
  script('from the end', SOME_VERSIONS, (stage, version) => fetchFilled(stage, version, { fetchOffset: 6 })),
  script('from behind the end', VERSIONS, (stage, version) => fetchFilled(stage, version, { fetchOffset: 7 })),
  script('from a negative offset', SOME_VERSIONS, (stage, version) => fetchFilled(stage, version, { fetchOffset: -1 })),
  script('as little as possible', SOME_VERSIONS, (stage, version) => fetchFilled(stage, version, {}, { maxBytes: 1 })),
  script('no bytes at all', SOME_VERSIONS, (stage, version) => fetchFilled(stage, version, {}, { maxBytes: 0 })),
  script('a partition that may give little', SOME_VERSIONS, (stage, version) =>
    fetchFilled(stage, version, { partitionMaxBytes: 1 }),
  ),
  script('a partition that may give nothing', [12], (stage, version) =>
    fetchFilled(stage, version, { partitionMaxBytes: 0 }),
  ),
  script('two partitions that may give little', SOME_VERSIONS, async (stage, version) => {
    const { name, topicId } = await newTopic(stage, { partitions: 2 })
    for (const partition of [0, 1]) {
      await produce(stage, { name, topicId }, batch([`for ${partition}`]), { partition })
    }
    const partitions = [1, 0].map(partition => ({ partition, partitionMaxBytes: 100_000 }))
    const topics = [{ topic: name, topicId, partitions }]
    await stage.send(Fetch, version, { maxWaitMs: 0, minBytes: 0, maxBytes: 1, topics })
  }),
  script('more bytes than there are, for a moment', [4, 12], (stage, version) =>
    fetchFilled(stage, version, { fetchOffset: 6 }, { maxWaitMs: 100, minBytes: 1000 }),
  ),
  script('an unknown topic', [4, 7, 12], (stage, version) =>
    stage.send(Fetch, version, fetchRequest({ name: stage.name('unknown'), topicId: UNKNOWN_ID })),
  ),
  script('an unknown topic id', [13, 16, 18], (stage, version) =>
    stage.send(Fetch, version, fetchRequest({ name: '', topicId: UNKNOWN_ID })),
  ),
  script('no topic id', [13], (stage, version) =>
    stage.send(Fetch, version, fetchRequest({ name: '', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' })),
  ),
  script('an unknown partition', VERSIONS, (stage, version) => fetchFilled(stage, version, { partition: 9 })),
  script('a negative partition', [12], (stage, version) => fetchFilled(stage, version, { partition: -1 })),
  script('the leader epoch that is', [9, 12, 18], (stage, version) =>
    fetchFilled(stage, version, { currentLeaderEpoch: 0 }),
  ),
  script('a leader epoch to come', [9, 12, 16, 18], (stage, version) =>
    fetchFilled(stage, version, { currentLeaderEpoch: 5 }),
  ),
  script('a last fetched epoch that fits', [12, 18], (stage, version) =>
    fetchFilled(stage, version, { fetchOffset: 3, currentLeaderEpoch: 0, lastFetchedEpoch: 0 }),
  ),
  script('a last fetched epoch to come', [12, 18], (stage, version) =>
    fetchFilled(stage, version, { fetchOffset: 3, currentLeaderEpoch: 0, lastFetchedEpoch: 3 }),
  ),
  script('a fetch offset that diverges', [12, 18], (stage, version) =>
    fetchFilled(stage, version, { fetchOffset: 9, currentLeaderEpoch: 0, lastFetchedEpoch: 0 }),
  ),
  script('a fetch by a broker that is none', [4, 12], async (stage, version) =>
    stage.send(Fetch, version, fetchRequest(await filled(stage), {}, { replicaId: 9 })),
  ),
  script('a rack', [11, 12], (stage, version) => fetchFilled(stage, version, {}, { rackId: 'somewhere' })),
  script('a session that is not wanted', [7, 12], (stage, version) =>
    fetchFilled(stage, version, {}, { sessionId: 0, sessionEpoch: -1 }),
  ),
  script('an unknown session', [7, 12, 18], (stage, version) =>
    fetchFilled(stage, version, {}, { sessionId: 4711, sessionEpoch: 1 }),
  ),
  script('a session', [7, 12, 13, 18], async (stage, version) => {
    const topic = await filled(stage)
    const { sessionId } = await stage.send(Fetch, version, fetchRequest(topic, {}, { sessionEpoch: 0 }))
    const next = { maxWaitMs: 0, minBytes: 0, sessionId, topics: [] }
    await stage.send(Fetch, version, fetchRequest(topic, { fetchOffset: 6 }, { sessionId, sessionEpoch: 1 }))
    await produce(stage, topic, batch(['seven']))
    await stage.send(Fetch, version, { ...next, sessionEpoch: 2 })
  }),
  script('a session with a wrong epoch', [7, 12], async (stage, version) => {
    const topic = await filled(stage)
    const { sessionId } = await stage.send(Fetch, version, fetchRequest(topic, {}, { sessionEpoch: 0 }))
    await stage.send(Fetch, version, { maxWaitMs: 0, sessionId, sessionEpoch: 7, topics: [] })
  }),
  script('a session that is closed', [7, 12], async (stage, version) => {
    const topic = await filled(stage)
    const { sessionId } = await stage.send(Fetch, version, fetchRequest(topic, {}, { sessionEpoch: 0 }))
    await stage.send(Fetch, version, { maxWaitMs: 0, sessionId, sessionEpoch: -1, topics: [] })
    await stage.send(Fetch, version, { maxWaitMs: 0, sessionId, sessionEpoch: 1, topics: [] })
  }),
  script('a session that forgets a partition', [7, 12, 18], async (stage, version) => {
    const topic = await filled(stage)
    const first = fetchRequest(topic, { fetchOffset: 6 }, { sessionEpoch: 0 })
    const { sessionId } = await stage.send(Fetch, version, first)
    const forgottenTopicsData = [{ topic: topic.name, topicId: topic.topicId, partitions: [0] }]
    await produce(stage, topic, batch(['seven']))
    const request = { maxWaitMs: 0, sessionId, sessionEpoch: 1, topics: [], forgottenTopicsData }
    await stage.send(Fetch, version, request)
  }),
  script('a session with nothing new', [7, 12], async (stage, version) => {
    const topic = await filled(stage)
    const first = fetchRequest(topic, { fetchOffset: 6 }, { sessionEpoch: 0 })
    const { sessionId } = await stage.send(Fetch, version, first)
    await stage.send(Fetch, version, { maxWaitMs: 0, minBytes: 0, sessionId, sessionEpoch: 1, topics: [] })
  }),
  script('a session with an unknown topic id', [13], async (stage, version) => {
    const topic = { name: '', topicId: UNKNOWN_ID }
    await stage.send(Fetch, version, fetchRequest(topic, {}, { sessionEpoch: 0 }))
  }),
  script('a compressed batch', [4, 12], async (stage, version) => {
    const topic = await newTopic(stage)
    await produce(stage, topic, batch(['one', 'two'], { compression: 1 }))
    await stage.send(Fetch, version, fetchRequest(topic))
  }),
  script('zstd, which came later', [4, 9, 10], async (stage, version) => {
    const topic = await newTopic(stage)
    await produce(stage, topic, batch(['one', 'two'], { compression: 4 }))
    await stage.send(Fetch, version, fetchRequest(topic))
  }),
  script('the same partition twice', [12], async (stage, version) => {
    const { name, topicId } = await filled(stage)
    const partitions = [0, 3].map(fetchOffset => ({ partition: 0, fetchOffset, partitionMaxBytes: 100_000 }))
    await stage.send(Fetch, version, { maxWaitMs: 0, topics: [{ topic: name, topicId, partitions }] })
  }),
  script('no partitions', SOME_VERSIONS, (stage, version) => stage.send(Fetch, version, { maxWaitMs: 0, topics: [] })),
  script('another cluster', [12, 18], (stage, version) => fetchFilled(stage, version, {}, { clusterId: 'another' })),
)
