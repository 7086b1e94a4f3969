/** DescribeProducers (61), version 0: the producers a partition knows of, for tools that look for hanging transactions (KIP-664). */
import { ErrorCode } from '../../protocol/errors'
import { DescribeProducers } from '../../protocol/messages/61-describe-producers'
import { isValidTopicName } from '../metadata/topic-name'
import type { Partitions } from '../replication/partitions'
import { errorMessageOf } from './error-message'
import { handler } from './handler'

export const describeProducers = ({ partitions }: { readonly partitions: Partitions }) =>
  handler(DescribeProducers, { versions: [0, 0] }, request => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map(partitionIndex => {
        const partition = partitions.find(name, partitionIndex)
        const errorCode = partition?.checkLeader(-1) ?? absence(partitions, name, partitionIndex)
        const activeProducers = partition && errorCode === ErrorCode.NONE ? partition.log.activeProducers() : []
        return { partitionIndex, errorCode, errorMessage: errorMessageOf(errorCode), activeProducers }
      }),
    })),
  }))

const absence = (partitions: Partitions, topic: string, partition: number): number =>
  isValidTopicName(topic) ? partitions.absence(topic, partition) : ErrorCode.INVALID_TOPIC_EXCEPTION
