import { ConsumerProtocolSubscription } from '../../../protocol/messages/consumer-protocol'
import { readerOf } from '../../../protocol/schema/codec'
import { parseVersions } from '../../../protocol/schema/versions'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import { Reader } from '../../../protocol/wire/reader'
import type { ClassicGroup } from './classic-group'

const CONSUMER = 'consumer'
const [FIRST_VERSION, LAST_VERSION] = parseVersions(ConsumerProtocolSubscription.versions)

/** Whether the members of the group are consumers, which say what topics they read. */
export const isConsumerGroup = (group: ClassicGroup): boolean => group.protocolType === CONSUMER

/**
 * Tells of topics whether a member of the group is subscribed to them. When a group of consumers has members of which that cannot be known
 * (no generation yet, or metadata that does not parse), every topic counts as one that is read.
 */
export const subscriptionOf = (group: ClassicGroup): ((topic: string) => boolean) => {
  if (!isConsumerGroup(group) || group.members.size === 0) return () => false
  if (group.protocolName === null) return () => true
  const topics = new Set<string>()
  try {
    for (const member of group.members.values()) {
      for (const topic of topicsOf(member.metadataFor(group.protocolName))) topics.add(topic)
    }
  } catch (error) {
    if (error instanceof MalformedMessage) return () => true
    throw error
  }
  return topic => topics.has(topic)
}

/** The version in front may be newer than what is known here: what follows begins as the last known version does. */
const topicsOf = (metadata: Buffer): readonly string[] => {
  const reader = new Reader(metadata)
  const version = Math.min(Math.max(reader.int16(), FIRST_VERSION), LAST_VERSION)
  return readerOf(ConsumerProtocolSubscription, version)(reader).topics
}
