import { ConsumerProtocolAssignment } from '../../protocol/messages/consumer-protocol'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'

/** What the leader of a group tells a member: the partitions that it is to read, of one topic. */
export const assignment = (topic: string, partitions: readonly number[]): Buffer => {
  const writer = new Writer(64)
  writer.int16(0)
  const assignedPartitions = partitions.length > 0 ? [{ topic, partitions: [...partitions] }] : []
  writerOf(ConsumerProtocolAssignment, 0)(writer, { assignedPartitions, userData: null })
  return Buffer.concat(writer.finish())
}

/** The partitions of all topics of an assignment; an empty one is that of a member that got nothing. */
export const assignedPartitions = (bytes: Buffer): number[] => {
  if (bytes.length === 0) return []
  const reader = new Reader(bytes)
  const version = reader.int16()
  const { assignedPartitions: assigned } = readerOf(ConsumerProtocolAssignment, version)(reader)
  return assigned.flatMap(({ partitions }) => partitions)
}
