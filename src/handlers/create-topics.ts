/**
 * CreateTopics (19), versions 2-7. 5: the answer tells the settings of what was made (KIP-525). 7: topic ids (KIP-516).
 *
 * Answered when the topics are usable. Version 4 and later may leave partitions and replication factor to the broker (-1, KIP-464);
 * older ones may too.
 */
import { ErrorCode } from '../../protocol/errors'
import { CreateTopics } from '../../protocol/messages/19-create-topics'
import type { TopicAdmin } from '../metadata/topic-admin'
import { handler } from './handler'

/** The first version whose answer tells the settings. */
const CONFIGS_VERSION = 5

/** The settings in force for a topic with these overrides, as CreateTopics tells them. */
export type DescribeNewTopic = (overrides: Readonly<Record<string, string>>) => readonly {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  readonly configSource: number
  readonly isSensitive: boolean
}[]

export const createTopics = (dependencies: { readonly topics: TopicAdmin; readonly describe: DescribeNewTopic }) =>
  handler(
    CreateTopics,
    {
      versions: [2, 7],
      errorResponse: (errorCode, errorMessage, request) => ({
        topics: request.topics.map(({ name }) => ({ name, errorCode, errorMessage })),
      }),
    },
    async (request, { apiVersion }) => {
      const results = await dependencies.topics.createTopics(
        request.topics.map(({ name, numPartitions, replicationFactor, assignments, configs }) => ({
          name,
          partitions: numPartitions,
          replicationFactor,
          assignments: assignments.map(({ partitionIndex, brokerIds }) => ({
            partition: partitionIndex,
            replicas: brokerIds,
          })),
          configs,
        })),
        { validateOnly: request.validateOnly },
      )
      return {
        topics: results.map(({ name, topicId, errorCode, errorMessage, partitions, replicationFactor, configs }) => ({
          name,
          topicId,
          errorCode,
          errorMessage,
          numPartitions: partitions,
          replicationFactor,
          configs: errorCode !== ErrorCode.NONE || apiVersion < CONFIGS_VERSION ? [] : dependencies.describe(configs),
        })),
      }
    },
  )
