/**
 * DeleteTopics (20), versions 1-6. 5: error messages. 6: by name or by id (KIP-516).
 *
 * With `delete.topic.enable` off every topic answers TOPIC_DELETION_DISABLED; versions before 3 do not know that code: INVALID_REQUEST.
 */
import { ErrorCode } from '../../protocol/errors'
import { DeleteTopics, type DeleteTopicsRequest } from '../../protocol/messages/20-delete-topics'
import type { BrokerConfig } from '../config/broker-config'
import type { TopicAdmin } from '../metadata/topic-admin'
import { errorMessageOf } from './error-message'
import { handler } from './handler'
import { RequestFailure } from './request-failure'

export interface DeleteTopicsDependencies {
  readonly topics: TopicAdmin
  readonly config: () => BrokerConfig
}

/** The topics named by a request, whichever way its version names them. */
const wantedOf = (
  request: DeleteTopicsRequest,
  apiVersion: number,
): readonly { name: string | null; topicId: string }[] =>
  apiVersion >= 6 ? request.topics : request.topicNames.map(name => ({ name, topicId: NO_TOPIC_ID }))

const NO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

export const deleteTopics = ({ topics, config }: DeleteTopicsDependencies) =>
  handler(
    DeleteTopics,
    {
      versions: [1, 6],
      errorResponse: (errorCode, errorMessage, request) => ({
        responses: [...request.topics, ...request.topicNames.map(name => ({ name, topicId: NO_TOPIC_ID }))].map(
          topic => ({ ...topic, errorCode, errorMessage }),
        ),
      }),
    },
    async (request, { apiVersion }) => {
      if (!config().deleteTopicEnable) {
        throw new RequestFailure(
          apiVersion < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED,
          'Topic deletion is disabled.',
        )
      }
      const results = await topics.deleteTopics(wantedOf(request, apiVersion))
      return {
        responses: results.map(({ errorCode, errorMessage, ...topic }) => ({
          ...topic,
          errorCode,
          errorMessage: errorMessage ?? errorMessageOf(errorCode),
        })),
      }
    },
  )
