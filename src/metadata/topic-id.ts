import type { Random } from '../io/random'

/** Kafka's "no topic id". */
export const ZERO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

const ONE_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** A new topic id: 16 random bytes in base64url. As in Kafka none that is reserved, and none that a command line takes for an option. */
export const randomTopicId = (random: Random): string => {
  for (;;) {
    const topicId = random.bytes(16).toString('base64url')
    if (topicId !== ZERO_TOPIC_ID && topicId !== ONE_TOPIC_ID && !topicId.startsWith('-')) return topicId
  }
}
