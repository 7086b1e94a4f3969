import { Produce } from '../../../protocol/messages/00-produce'
import { Fetch } from '../../../protocol/messages/01-fetch'
import { ListOffsets } from '../../../protocol/messages/02-list-offsets'
import { DeleteRecords } from '../../../protocol/messages/21-delete-records'
import { InitProducerId } from '../../../protocol/messages/22-init-producer-id'
import { DescribeTransactions } from '../../../protocol/messages/65-describe-transactions'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { batch, fetchRequest, newTopic, produceRequest, RECORD_TIME, readAll, type Topic } from '../steps'
import { addPartitions, append, end, finished, type Producer } from './transaction-steps'

/** The last version of Produce before partitions join a transaction by themselves. */
const OLD = 11
const NEW = 12
/** The versions of EndTxn that go with them. */
const END_OLD = 4
const END_NEW = 5

const producer = async (stage: Stage, label: string, version = 4): Promise<Producer> => {
  const transactionalId = stage.name(label)
  const request = { transactionalId, transactionTimeoutMs: 60_000 }
  const { producerId, producerEpoch } = await stage.send(InitProducerId, version, request)
  return { transactionalId, producerId, producerEpoch }
}

/** A producer of the older protocol, with the topic in its transaction. */
const started = async (stage: Stage, label: string, topic: Topic): Promise<Producer> => {
  const one = await producer(stage, label)
  await addPartitions(stage, 3, one, [topic.name])
  return one
}

const plain = (stage: Stage, topic: Topic, value: string) =>
  stage.send(Produce, OLD, produceRequest(topic, batch([value])))

const offsetOf = (stage: Stage, { name }: Topic, timestamp: number, isolationLevel: number) =>
  stage.send(ListOffsets, 7, {
    replicaId: -1,
    isolationLevel,
    topics: [{ name, partitions: [{ partitionIndex: 0, timestamp }] }],
  })

export const interleavings = area(
  'interleaved transactions',
  script('two transactions, one aborted', [4], async stage => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    const two = await started(stage, 'two', topic)
    await append(stage, OLD, topic, one, 0)
    await append(stage, OLD, topic, two, 0)
    await append(stage, OLD, topic, one, 2)
    await end(stage, END_OLD, two, false)
    await finished(stage, two)
    await readAll(stage, topic, 1)
    await end(stage, END_OLD, one)
    await finished(stage, one)
    await readAll(stage, topic, 1)
  }),
  script('two transactions, both aborted', [4], async stage => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    const two = await started(stage, 'two', topic)
    for (const sequence of [0, 2]) {
      await append(stage, OLD, topic, one, sequence)
      await append(stage, OLD, topic, two, sequence)
    }
    for (const each of [one, two]) {
      await end(stage, END_OLD, each, false)
      await finished(stage, each)
    }
    for (const fetchOffset of [0, 3, 8, 9, 10]) {
      await stage.send(Fetch, 12, fetchRequest(topic, { fetchOffset }, { isolationLevel: 1 }))
    }
  }),
  script('records without a transaction behind an open one', [4], async stage => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    await plain(stage, topic, 'before')
    await append(stage, OLD, topic, one)
    await plain(stage, topic, 'after')
    for (const isolationLevel of [0, 1]) {
      await readAll(stage, topic, isolationLevel)
      for (const timestamp of [-1, -2, -3, RECORD_TIME, RECORD_TIME + 1]) {
        await offsetOf(stage, topic, timestamp, isolationLevel)
      }
    }
    await end(stage, END_OLD, one)
    await finished(stage, one)
    await readAll(stage, topic, 1)
  }),
  script('a partition that was added and never written', [0, 4, 5], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    await end(stage, version, one)
    await finished(stage, one)
    await readAll(stage, topic, 1)
  }),
  script('a transaction over two topics', [4, 5], async (stage, version) => {
    const topics = [await newTopic(stage, { label: 'a' }), await newTopic(stage, { label: 'b', partitions: 2 })]
    const one = await producer(stage, 'one', version)
    const names = topics.map(({ name }) => name)
    await addPartitions(stage, 3, one, names)
    await stage.send(DescribeTransactions, 0, { transactionalIds: [one.transactionalId] })
    for (const topic of topics) await append(stage, OLD, topic, one)
    await end(stage, version, one)
    await finished(stage, one)
    for (const topic of topics) await readAll(stage, topic, 1)
  }),
  script('records are deleted below an open transaction', [2], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    await plain(stage, topic, 'before')
    await append(stage, OLD, topic, one)
    for (const offset of [1, 2]) {
      const topics = [{ name: topic.name, partitions: [{ partitionIndex: 0, offset }] }]
      await stage.send(DeleteRecords, version, { topics, timeoutMs: 5000 })
    }
    await readAll(stage, topic, 1)
    await end(stage, END_OLD, one, false)
    await finished(stage, one)
    await readAll(stage, topic, 1)
  }),
  script('the end of a transaction is asked for again', [END_NEW], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await producer(stage, 'one', 5)
    await append(stage, NEW, topic, one)
    await end(stage, version, one)
    await finished(stage, one)
    await end(stage, version, one)
    await end(stage, version, one, false)
  }),
  script('a transaction without records is ended', [END_NEW], async (stage, version) => {
    const one = await producer(stage, 'one', 5)
    const aborted = await end(stage, version, one, false)
    await finished(stage, one)
    await end(stage, version, { ...one, ...epochOf(aborted) }, false)
  }),
  script('records of an epoch that the end has left behind', [NEW, 13], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await producer(stage, 'one', 5)
    await append(stage, version, topic, one)
    await end(stage, END_NEW, one)
    await finished(stage, one)
    await append(stage, version, topic, one, 2)
  }),
  script('a new producer after a transaction of the newer protocol', [4, 5], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await producer(stage, 'one', 5)
    await append(stage, NEW, topic, one)
    await end(stage, END_NEW, one)
    await finished(stage, one)
    const two = await producer(stage, 'one', version)
    await append(stage, NEW, topic, two)
    await end(stage, END_NEW, one)
  }),
  script('a producer goes on within a transaction', [3, 4, 5], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    await append(stage, OLD, topic, one)
    const request = { ...one, transactionTimeoutMs: 60_000 }
    await stage.settle(InitProducerId, version, request, ({ errorCode }) => errorCode !== 51)
    await finished(stage, one)
    await readAll(stage, topic, 1)
  }),
  script('a sequence that does not fit within a transaction', [8, OLD, NEW], async (stage, version) => {
    const topic = await newTopic(stage)
    const one = await started(stage, 'one', topic)
    await append(stage, version, topic, one, 0)
    await append(stage, version, topic, one, 7)
    await append(stage, version, topic, one, 0)
    await append(stage, version, topic, one, 2)
    await readAll(stage, topic)
  }),
  script('a transaction that takes too long', [END_OLD, END_NEW], async (stage, version) => {
    const topic = await newTopic(stage)
    const transactionalId = stage.name('one')
    const request = { transactionalId, transactionTimeoutMs: 500 }
    const one = { transactionalId, ...epochOf(await stage.send(InitProducerId, 4, request)) }
    await addPartitions(stage, 3, one, [topic.name])
    await append(stage, OLD, topic, one)
    await finished(stage, one)
    await readAll(stage, topic, 1)
    await append(stage, OLD, topic, one, 2)
    await addPartitions(stage, 3, one, [topic.name])
    await end(stage, version, one)
    await producer(stage, 'one')
  }),
)

/** What the next request of a producer has to say. */
function epochOf({ producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number }) {
  return { producerId, producerEpoch }
}
