import { ConsumerProtocolSubscription } from '../../protocol/messages/consumer-protocol'
import { writerOf } from '../../protocol/schema/codec'
import { Writer } from '../../protocol/wire/writer'

/** What a consumer tells the leader of its group: the topics that it wants to read. */
export const subscription = (...topics: readonly string[]): Buffer => {
  const writer = new Writer(64)
  writer.int16(0)
  writerOf(ConsumerProtocolSubscription, 0)(writer, { topics: [...topics], userData: null })
  return Buffer.concat(writer.finish())
}

/** The same of a consumer that says which partitions of one topic it has. */
export const owningSubscription = (topic: string, partitions: readonly number[]): Buffer => {
  const writer = new Writer(64)
  writer.int16(1)
  const message = { topics: [topic], userData: null, ownedPartitions: [{ topic, partitions }] }
  writerOf(ConsumerProtocolSubscription, 1)(writer, message)
  return Buffer.concat(writer.finish())
}
