import { Produce } from '../../../protocol/messages/00-produce'
import { InitProducerId } from '../../../protocol/messages/22-init-producer-id'
import { AddPartitionsToTxn } from '../../../protocol/messages/24-add-partitions-to-txn'
import { EndTxn } from '../../../protocol/messages/26-end-txn'
import { DescribeTransactions } from '../../../protocol/messages/65-describe-transactions'
import type { Stage } from '../stage'
import { batch, newTopic, produceRequest, type Topic } from '../steps'

export interface Producer {
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
}

/** The last version of each API before transactions of version 2 (KIP-890). */
export const OLD_PRODUCE_VERSION = 11
export const OLD_END_VERSION = 4

export const init = async (stage: Stage, version: number, request: object = {}): Promise<Producer> => {
  const transactionalId = stage.name('transaction')
  const answer = await stage.send(InitProducerId, version, {
    transactionalId,
    transactionTimeoutMs: 60_000,
    ...request,
  })
  return { transactionalId, producerId: answer.producerId, producerEpoch: answer.producerEpoch }
}

export const addPartitions = (
  stage: Stage,
  version: number,
  { transactionalId, producerId, producerEpoch }: Producer,
  names: readonly string[],
  options: { verifyOnly?: boolean; partitions?: readonly number[] } = {},
) => {
  const { verifyOnly = false, partitions = [0] } = options
  const topics = names.map(name => ({ name, partitions }))
  return stage.send(AddPartitionsToTxn, version, {
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: topics,
    transactions: [{ transactionalId, producerId, producerEpoch, verifyOnly, topics }],
  })
}

export const append = (
  stage: Stage,
  version: number,
  topic: Topic,
  { transactionalId, producerId, producerEpoch }: Producer,
  baseSequence = 0,
  values: readonly string[] = ['one', 'two'],
) => {
  const records = batch(values, { producerId, producerEpoch, baseSequence, isTransactional: true })
  return stage.send(Produce, version, produceRequest(topic, records, { transactionalId }))
}

export const end = (stage: Stage, version: number, producer: Producer, committed = true) =>
  stage.send(EndTxn, version, { ...producer, committed })

/** A producer of the older protocol with a transaction of two records. */
export const openTransaction = async (stage: Stage): Promise<{ topic: Topic; producer: Producer }> => {
  const topic = await newTopic(stage)
  const producer = await init(stage, 4)
  await addPartitions(stage, 3, producer, [topic.name])
  await append(stage, OLD_PRODUCE_VERSION, topic, producer)
  return { topic, producer }
}

/** What the coordinator knows, when it has nothing more to do. */
export const finished = (stage: Stage, { transactionalId }: Producer) =>
  stage.settle(DescribeTransactions, 0, { transactionalIds: [transactionalId] }, ({ transactionStates }) =>
    /^(Empty|Complete)/.test(transactionStates[0]!.transactionState),
  )
