/** What classic consumers tell each other through the broker (Kafka: ConsumerProtocol). Other protocol types of the classic protocol have their own. */
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../../protocol/messages/consumer-protocol'
import { readerOf, writerOf } from '../../../protocol/schema/codec'
import type { InputOf } from '../../../protocol/schema/message'
import { parseVersions } from '../../../protocol/schema/versions'
import { Reader } from '../../../protocol/wire/reader'
import { Writer } from '../../../protocol/wire/writer'

/** The protocol type of groups whose members are consumers. */
export const CONSUMER = 'consumer'

const [FIRST_VERSION, LAST_VERSION] = parseVersions(ConsumerProtocolSubscription.versions)
const VERSION_BYTES = 2

/** The version that a member speaks: what is written in front of its subscription, as far as it is known here. */
export const embeddedVersionOf = (subscription: Buffer): number =>
  subscription.length < VERSION_BYTES ? FIRST_VERSION : known(subscription.readInt16BE(0))

/** @throws MalformedMessage */
export const decodeSubscription = (bytes: Buffer): ConsumerProtocolSubscription => {
  const reader = new Reader(bytes)
  return readerOf(ConsumerProtocolSubscription, known(reader.int16()))(reader)
}

/** @throws MalformedMessage */
export const decodeAssignment = (bytes: Buffer): ConsumerProtocolAssignment => {
  const reader = new Reader(bytes)
  return readerOf(ConsumerProtocolAssignment, known(reader.int16()))(reader)
}

export const encodeAssignment = (assignment: InputOf<typeof ConsumerProtocolAssignment>, version: number): Buffer => {
  const writer = new Writer(128)
  writer.int16(version)
  writerOf(ConsumerProtocolAssignment, version)(writer, assignment)
  return Buffer.concat(writer.finish())
}

/** The version in front may be newer than what is known here: what follows begins as the last known version does. */
const known = (version: number): number => Math.min(Math.max(version, FIRST_VERSION), LAST_VERSION)
