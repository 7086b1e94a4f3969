import { ListOffsets } from '../../../protocol/messages/02-list-offsets'
import { AddPartitionsToTxn } from '../../../protocol/messages/24-add-partitions-to-txn'
import { WriteTxnMarkers } from '../../../protocol/messages/27-write-txn-markers'
import { DescribeProducers } from '../../../protocol/messages/61-describe-producers'
import { DescribeTransactions } from '../../../protocol/messages/65-describe-transactions'
import { ListTransactions } from '../../../protocol/messages/66-list-transactions'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic, readAll } from '../steps'
import {
  addPartitions,
  append,
  end,
  finished,
  init,
  OLD_END_VERSION,
  OLD_PRODUCE_VERSION,
  openTransaction,
} from './transaction-steps'

const INIT_VERSIONS = [0, 2, 3, 4, 5]
const END_VERSIONS = [0, 1, 2, 3, 4, 5]
const SOME_END_VERSIONS = [0, 2, 4, 5]
const ADD_VERSIONS = [0, 1, 2, 3, 4, 5]

const list = (stage: Stage, version: number, filters: object = {}) =>
  stage.send(ListTransactions, version, filters, answer => ({
    ...answer,
    transactionStates: answer.transactionStates.filter(({ transactionalId }) =>
      transactionalId.startsWith(`${stage.prefix}-`),
    ),
  }))

export const transactions = area(
  'transactions',
  script('a transactional id', INIT_VERSIONS, (stage, version) => init(stage, version)),
  script('a transactional id twice', INIT_VERSIONS, async (stage, version) => {
    await init(stage, version)
    await init(stage, version)
  }),
  script('a transactional id without a name', INIT_VERSIONS, (stage, version) =>
    init(stage, version, { transactionalId: '' }),
  ),
  script('a timeout that is too long', INIT_VERSIONS, (stage, version) =>
    init(stage, version, { transactionTimeoutMs: 900_001 }),
  ),
  script('a timeout that is none', [0, 4], async (stage, version) => {
    await init(stage, version, { transactionTimeoutMs: 0 })
    await init(stage, version, { transactionTimeoutMs: -1 })
  }),
  script('a producer goes on with its id and epoch', [3, 4, 5], async (stage, version) => {
    const { producerId, producerEpoch } = await init(stage, version)
    await init(stage, version, { producerId, producerEpoch })
  }),
  script('a producer goes on with an epoch that is over', [3, 4, 5], async (stage, version) => {
    const { producerId, producerEpoch } = await init(stage, version)
    await init(stage, version)
    await init(stage, version)
    await init(stage, version, { producerId, producerEpoch })
  }),
  script('a producer goes on with another id', [3, 4, 5], async (stage, version) => {
    const { producerEpoch } = await init(stage, version)
    await init(stage, version, { producerId: 123_456_789, producerEpoch })
  }),
  script('a producer goes on that nobody knows', [3, 4, 5], (stage, version) =>
    init(stage, version, { producerId: 123_456_789, producerEpoch: 3 }),
  ),
  script('an id without an epoch', [3, 4], (stage, version) =>
    init(stage, version, { producerId: 5, producerEpoch: -1 }),
  ),
  script('a new producer while a transaction is open', [0, 4], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    const request = { transactionalId: producer.transactionalId, transactionTimeoutMs: 60_000 }
    await init(stage, version, request)
    await finished(stage, producer)
    await readAll(stage, topic, 1)
  }),
  script('a transaction is committed', END_VERSIONS, async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    await readAll(stage, topic, 1)
    await end(stage, version, producer)
    await finished(stage, producer)
    await readAll(stage, topic, 1)
  }),
  script('a transaction is aborted', END_VERSIONS, async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    await end(stage, version, producer, false)
    await finished(stage, producer)
    await readAll(stage, topic, 1)
    await readAll(stage, topic, 0)
  }),
  script('a transaction is committed twice', SOME_END_VERSIONS, async (stage, version) => {
    const { producer } = await openTransaction(stage)
    await end(stage, version, producer)
    await finished(stage, producer)
    await end(stage, version, producer)
  }),
  script('a transaction is aborted after its commit', SOME_END_VERSIONS, async (stage, version) => {
    const { producer } = await openTransaction(stage)
    await end(stage, version, producer)
    await finished(stage, producer)
    await end(stage, version, producer, false)
  }),
  script('a transaction that has not begun is ended', SOME_END_VERSIONS, async (stage, version) => {
    const producer = await init(stage, 4)
    await end(stage, version, producer)
    await end(stage, version, producer, false)
  }),
  script('a transaction of an unknown id is ended', SOME_END_VERSIONS, (stage, version) =>
    end(stage, version, { transactionalId: stage.name('unknown'), producerId: 5, producerEpoch: 0 }),
  ),
  script('a transaction of another producer is ended', SOME_END_VERSIONS, async (stage, version) => {
    const { producer } = await openTransaction(stage)
    await end(stage, version, { ...producer, producerId: 123_456_789 })
  }),
  script('a transaction of another epoch is ended', SOME_END_VERSIONS, async (stage, version) => {
    const { producer } = await openTransaction(stage)
    await end(stage, version, { ...producer, producerEpoch: 7 })
  }),
  script('a fenced producer ends its transaction', SOME_END_VERSIONS, async (stage, version) => {
    const producer = await init(stage, 4)
    await init(stage, 4)
    await end(stage, version, producer)
  }),
  script('a transactional id without a name is ended', [0, 5], (stage, version) =>
    end(stage, version, { transactionalId: '', producerId: 5, producerEpoch: 0 }),
  ),
  script('two transactions of the older protocol', [4], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    await end(stage, version, producer)
    await finished(stage, producer)
    await stage.settle(
      AddPartitionsToTxn,
      3,
      {
        v3AndBelowTransactionalId: producer.transactionalId,
        v3AndBelowProducerId: producer.producerId,
        v3AndBelowProducerEpoch: producer.producerEpoch,
        v3AndBelowTopics: [{ name: topic.name, partitions: [0] }],
      },
      answer => answer.resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode !== 51,
    )
    await append(stage, OLD_PRODUCE_VERSION, topic, producer, 2)
    await end(stage, version, producer, false)
    await finished(stage, producer)
    await readAll(stage, topic, 1)
  }),
  script('two transactions of the newer protocol', [12, 13], async (stage, version) => {
    const topic = await newTopic(stage)
    const producer = await init(stage, 5)
    await append(stage, version, topic, producer)
    const next = await end(stage, 5, producer)
    await finished(stage, producer)
    const later = { ...producer, producerId: next.producerId, producerEpoch: next.producerEpoch }
    await append(stage, version, topic, later)
    await end(stage, 5, later, false)
    await finished(stage, producer)
    await readAll(stage, topic, 1)
  }),
  script('records without a transaction', [3, 8, OLD_PRODUCE_VERSION], async (stage, version) => {
    const topic = await newTopic(stage)
    const producer = await init(stage, 4)
    await append(stage, version, topic, producer)
    await readAll(stage, topic)
  }),
  script('records of a transactional id that nobody knows', [8, 12], async (stage, version) => {
    const topic = await newTopic(stage)
    await append(stage, version, topic, { transactionalId: stage.name('unknown'), producerId: 5, producerEpoch: 0 })
  }),
  script('records of a fenced producer', [8, 11, 12], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    await init(stage, 4)
    await finished(stage, producer)
    await append(stage, version, topic, producer, 2)
  }),
  script('records that are not transactional within a transaction', [8, 12], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    await stage.quietly(DescribeTransactions, 0, { transactionalIds: [producer.transactionalId] })
    await append(stage, version, topic, { ...producer, transactionalId: '' }, 2)
  }),
  script('partitions are added', ADD_VERSIONS, async (stage, version) => {
    const { name } = await newTopic(stage, { partitions: 2 })
    const producer = await init(stage, 4)
    await addPartitions(stage, version, producer, [name], { partitions: [0, 1] })
    await addPartitions(stage, version, producer, [name], { partitions: [1] })
  }),
  script('an unknown partition is added', ADD_VERSIONS, async (stage, version) => {
    const { name } = await newTopic(stage)
    const producer = await init(stage, 4)
    await addPartitions(stage, version, producer, [name], { partitions: [0, 9] })
    await addPartitions(stage, version, producer, [name, stage.name('unknown')])
  }),
  script('partitions are added by another epoch', ADD_VERSIONS, async (stage, version) => {
    const { name } = await newTopic(stage)
    const producer = await init(stage, 4)
    await addPartitions(stage, version, { ...producer, producerEpoch: 3 }, [name])
  }),
  script('partitions are added by a fenced producer', ADD_VERSIONS, async (stage, version) => {
    const { name } = await newTopic(stage)
    const producer = await init(stage, 4)
    await init(stage, 4)
    await addPartitions(stage, version, producer, [name])
  }),
  script('partitions are added by another producer', [0, 3, 4, 5], async (stage, version) => {
    const { name } = await newTopic(stage)
    const producer = await init(stage, 4)
    await addPartitions(stage, version, { ...producer, producerId: 123_456_789 }, [name])
  }),
  script('partitions are added for an unknown id', [0, 3, 4, 5], async (stage, version) => {
    const { name } = await newTopic(stage)
    const producer = { transactionalId: stage.name('unknown'), producerId: 5, producerEpoch: 0 }
    await addPartitions(stage, version, producer, [name])
  }),
  script('partitions are added for an id without a name', [0, 3, 4], async (stage, version) => {
    const { name } = await newTopic(stage)
    await addPartitions(stage, version, { transactionalId: '', producerId: 5, producerEpoch: 0 }, [name])
  }),
  script('no partitions are added', [0, 3, 4], async (stage, version) =>
    addPartitions(stage, version, await init(stage, 4), []),
  ),
  script('an internal topic is added', [3, 4], async (stage, version) =>
    addPartitions(stage, version, await init(stage, 4), ['__consumer_offsets']),
  ),
  script('partitions are verified', [4, 5], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    await addPartitions(stage, version, producer, [topic.name], { verifyOnly: true })
    await addPartitions(stage, version, producer, [topic.name], { verifyOnly: true, partitions: [0, 7] })
  }),
  script('partitions without a transaction are verified', [4, 5], async (stage, version) => {
    const { name } = await newTopic(stage)
    await addPartitions(stage, version, await init(stage, 4), [name], { verifyOnly: true })
  }),
  script('an open transaction is described', [0], async (stage, version) => {
    const { producer } = await openTransaction(stage)
    await stage.send(DescribeTransactions, version, { transactionalIds: [producer.transactionalId] })
  }),
  script('transactions are described', [0], async (stage, version) => {
    await init(stage, 4)
    const transactionalIds = [stage.name('transaction'), stage.name('unknown'), '']
    await stage.send(DescribeTransactions, version, { transactionalIds })
  }),
  script('transactions are listed', [0, 1, 2], async (stage, version) => {
    await openTransaction(stage)
    await list(stage, version)
  }),
  ...['Ongoing', 'Empty', 'ongoing', 'Nonsense', 'CompleteCommit'].map(state =>
    script(`transactions that are ${state} are listed`, [0, 1], async (stage, version) => {
      await openTransaction(stage)
      await list(stage, version, { stateFilters: [state] })
    }),
  ),
  script('transactions of a producer are listed', [0], async (stage, version) => {
    const { producer } = await openTransaction(stage)
    await list(stage, version, { producerIdFilters: [producer.producerId] })
    await list(stage, version, { producerIdFilters: [123_456_789] })
  }),
  script('transactions that are old are listed', [1], async (stage, version) => {
    await openTransaction(stage)
    await list(stage, version, { durationFilter: 1_000_000 })
    await list(stage, version, { durationFilter: 0 })
  }),
  ...['s[0-9]+-trans.*', '.*', 'nothing', '[', ''].map(transactionalIdPattern =>
    script(`transactions like "${transactionalIdPattern}" are listed`, [2], async (stage, version) => {
      await openTransaction(stage)
      await list(stage, version, { transactionalIdPattern })
    }),
  ),
  script('the last stable offset of an open transaction', [4], async (stage, version) => {
    const { topic } = await openTransaction(stage)
    for (const isolationLevel of [0, 1]) {
      const partitions = [{ partitionIndex: 0, timestamp: -1 }]
      const topics = [{ name: topic.name, partitions }]
      await stage.send(ListOffsets, version, { replicaId: -1, isolationLevel, topics })
    }
  }),
  script('the producer of an open transaction', [0], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    const request = { topics: [{ name: topic.name, partitionIndexes: [0] }] }
    await stage.send(DescribeProducers, version, request)
    await end(stage, OLD_END_VERSION, producer)
    await finished(stage, producer)
    await stage.send(DescribeProducers, version, request)
  }),
  script('markers from a client', [1, 2], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    const marker = { ...producer, transactionResult: false, coordinatorEpoch: 0 }
    const topics = [{ name: topic.name, partitionIndexes: [0, 7] }]
    await stage.send(WriteTxnMarkers, version, { markers: [{ ...marker, topics }] })
    await readAll(stage, topic, 1)
  }),
  script('markers of an epoch that is over', [1], async (stage, version) => {
    const { topic, producer } = await openTransaction(stage)
    const marker = { ...producer, producerEpoch: -1, transactionResult: true, coordinatorEpoch: 0 }
    const topics = [{ name: topic.name, partitionIndexes: [0] }]
    await stage.send(WriteTxnMarkers, version, { markers: [{ ...marker, topics }] })
  }),
  script('no markers', [1, 2], (stage, version) => stage.send(WriteTxnMarkers, version, { markers: [] })),
)
