import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import type { ClassicGroup } from './classic-group'
import type { ConsumerGroup } from './consumer/consumer-group'
import { CONSUMER, decodeSubscription } from './embedded-protocol'

/** Whether the members of the group are consumers, which say what topics they read. */
export const hasConsumers = (group: ClassicGroup | ConsumerGroup): boolean =>
  group.type === 'consumer' || group.protocolType === CONSUMER

/**
 * Tells of topics whether a member of the group is subscribed to them. When a group of consumers has members of which that cannot be known
 * (no generation yet, or metadata that does not parse), every topic counts as one that is read.
 */
export const subscriptionOf = (group: ClassicGroup | ConsumerGroup): ((topic: string) => boolean) => {
  if (group.type === 'consumer') return topic => group.subscriptions.has(topic)
  if (!hasConsumers(group) || group.members.size === 0) return () => false
  if (group.protocolName === null) return () => true
  const topics = new Set<string>()
  try {
    for (const member of group.members.values()) {
      for (const topic of decodeSubscription(member.metadataFor(group.protocolName)).topics) topics.add(topic)
    }
  } catch (error) {
    if (error instanceof MalformedMessage) return () => true
    throw error
  }
  return topic => topics.has(topic)
}
