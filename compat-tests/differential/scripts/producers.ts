import { Produce } from '../../../protocol/messages/00-produce'
import { InitProducerId } from '../../../protocol/messages/22-init-producer-id'
import { DescribeProducers } from '../../../protocol/messages/61-describe-producers'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { batch, newTopic, produceRequest, readAll, type Topic } from '../steps'

const VERSIONS = [3, 8, 13]

interface Sequenced {
  readonly producerId: number
  readonly producerEpoch?: number
  readonly baseSequence: number
}

const init = (stage: Stage) => stage.send(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 })

const append = (stage: Stage, version: number, topic: Topic, sequenced: Sequenced, values = ['one', 'two']) =>
  stage.send(Produce, version, produceRequest(topic, batch(values, { producerEpoch: 0, ...sequenced })))

/** A topic and a new producer id. */
const begin = async (stage: Stage): Promise<{ topic: Topic; producerId: number }> => {
  const topic = await newTopic(stage)
  const { producerId } = await init(stage)
  return { topic, producerId }
}

export const producers = area(
  'idempotent producers',
  script('a producer id', [0, 1, 2, 3, 4, 5], (stage, version) =>
    stage.send(InitProducerId, version, { transactionalId: null, transactionTimeoutMs: 60_000 }),
  ),
  script('two producer ids', [4], async stage => {
    await init(stage)
    await init(stage)
  }),
  script('a producer id with the next epoch', [3, 4, 5], async (stage, version) => {
    const { producerId, producerEpoch } = await init(stage)
    const again = { transactionalId: null, transactionTimeoutMs: 60_000, producerId, producerEpoch }
    await stage.send(InitProducerId, version, again)
  }),
  script('batches in order', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    for (const baseSequence of [0, 2, 4]) await append(stage, version, topic, { producerId, baseSequence })
    await readAll(stage, topic)
  }),
  script('a batch twice', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    for (const baseSequence of [0, 2, 0, 2]) await append(stage, version, topic, { producerId, baseSequence })
    await readAll(stage, topic)
  }),
  script('a batch twice after five others', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    const sequences = [0, 2, 4, 6, 8, 10, 0]
    for (const baseSequence of sequences) await append(stage, version, topic, { producerId, baseSequence })
  }),
  script('a gap', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    for (const baseSequence of [0, 3]) await append(stage, version, topic, { producerId, baseSequence })
  }),
  script('a beginning that is none', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, version, topic, { producerId, baseSequence: 5 })
    await readAll(stage, topic)
  }),
  script('batches that overlap', [8], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    for (const baseSequence of [0, 1]) await append(stage, version, topic, { producerId, baseSequence })
  }),
  script('the next epoch from the beginning', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, version, topic, { producerId, baseSequence: 0 })
    await append(stage, version, topic, { producerId, producerEpoch: 1, baseSequence: 0 })
  }),
  script('the next epoch from the middle', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, version, topic, { producerId, baseSequence: 0 })
    await append(stage, version, topic, { producerId, producerEpoch: 1, baseSequence: 2 })
  }),
  script('an epoch that is over', VERSIONS, async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, version, topic, { producerId, producerEpoch: 1, baseSequence: 0 })
    await append(stage, version, topic, { producerId, producerEpoch: 0, baseSequence: 0 })
  }),
  script('sequences that wrap around', [8], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    for (const baseSequence of [0x7fff_fffd, 0x7fff_ffff, 1]) {
      await append(stage, version, topic, { producerId, baseSequence })
    }
    await readAll(stage, topic)
  }),
  script('a producer id that nobody has given', [8], async (stage, version) => {
    const topic = await newTopic(stage)
    await append(stage, version, topic, { producerId: 123_456_789, baseSequence: 0 })
    await readAll(stage, topic)
  }),
  script('a producer id without a sequence', [8], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, version, topic, { producerId, baseSequence: -1 })
  }),
  script('a producer id with a negative epoch', [8], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, version, topic, { producerId, producerEpoch: -1, baseSequence: 0 })
  }),
  script('two batches of a producer in one request', [8], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    const records = [0, 1].map(baseSequence => batch(['one'], { producerId, producerEpoch: 0, baseSequence }))
    await stage.send(Produce, version, produceRequest(topic, Buffer.concat(records)))
  }),
  script('acks=1 of an idempotent producer', [8], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    const records = batch(['one'], { producerId, producerEpoch: 0, baseSequence: 0 })
    await stage.send(Produce, version, produceRequest(topic, records, { acks: 1 }))
  }),
  script('what is known of a producer', [0], async (stage, version) => {
    const { topic, producerId } = await begin(stage)
    await append(stage, 8, topic, { producerId, baseSequence: 0 })
    await append(stage, 8, topic, { producerId, baseSequence: 2 })
    await stage.send(DescribeProducers, version, { topics: [{ name: topic.name, partitionIndexes: [0] }] })
  }),
)
