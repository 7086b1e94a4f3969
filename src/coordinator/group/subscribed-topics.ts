import { ConsumerProtocolSubscription } from '../../../protocol/messages/consumer-protocol'
import { readerOf } from '../../../protocol/schema/codec'
import { parseVersions } from '../../../protocol/schema/versions'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import { Reader } from '../../../protocol/wire/reader'
import type { ClassicGroup } from './classic-group'

const CONSUMER = 'consumer'
const [FIRST_VERSION, LAST_VERSION] = parseVersions(ConsumerProtocolSubscription.versions)

/**
 * The topics that the members of a group of consumers are subscribed to; null when that cannot be known: another type of group, no
 * generation, or metadata that does not parse.
 */
export const subscribedTopics = (group: ClassicGroup): Set<string> | null => {
  if (group.protocolType !== CONSUMER || group.protocolName === null) return null
  const topics = new Set<string>()
  try {
    for (const member of group.members.values()) {
      for (const topic of topicsOf(member.metadataFor(group.protocolName))) topics.add(topic)
    }
  } catch (error) {
    if (error instanceof MalformedMessage) return null
    throw error
  }
  return topics
}

/** The version in front may be newer than what is known here: what follows begins as the last known version does. */
const topicsOf = (metadata: Buffer): readonly string[] => {
  const reader = new Reader(metadata)
  const version = Math.min(Math.max(reader.int16(), FIRST_VERSION), LAST_VERSION)
  return readerOf(ConsumerProtocolSubscription, version)(reader).topics
}
