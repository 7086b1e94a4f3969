/** CreatePartitions (37), versions 0-3: adds partitions to topics (KIP-195); answered when they are usable. */
import { CreatePartitions } from '../../protocol/messages/37-create-partitions'
import type { TopicAdmin } from '../metadata/topic-admin'
import { handler } from './handler'

export const createPartitions = ({ topics }: { readonly topics: TopicAdmin }) =>
  handler(
    CreatePartitions,
    {
      versions: [0, 3],
      errorResponse: (errorCode, errorMessage, request) => ({
        results: request.topics.map(({ name }) => ({ name, errorCode, errorMessage })),
      }),
    },
    async request => ({
      results: await topics.createPartitions(
        request.topics.map(({ name, count, assignments }) => ({
          name,
          count,
          assignments: assignments?.map(({ brokerIds }) => brokerIds) ?? null,
        })),
        { validateOnly: request.validateOnly },
      ),
    }),
  )
