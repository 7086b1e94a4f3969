import { JoinGroup } from '../../../protocol/messages/11-join-group'
import { SyncGroup } from '../../../protocol/messages/14-sync-group'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../../protocol/messages/consumer-protocol'
import { writerOf } from '../../../protocol/schema/codec'
import type { InputOf } from '../../../protocol/schema/message'
import { Writer } from '../../../protocol/wire/writer'
import type { Stage } from '../stage'

export type JoinGroupRequest = InputOf<typeof JoinGroup.request>

/** A member as the requests of the classic protocol name it. */
export interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly generationId: number
}

/** A version in which a member without an id is told one before it may join; before it, it joins at once. */
export const MEMBER_ID_REQUIRED_VERSION = 4

/** What a consumer tells of itself; a Kafka reads it, and does not survive every nonsense. */
export const subscription = (...topics: readonly string[]): Buffer => {
  const writer = new Writer()
  writer.int16(0)
  writerOf(ConsumerProtocolSubscription, 0)(writer, { topics })
  return Buffer.concat(writer.finish())
}

/** What a leader gives to a consumer. */
export const assignment = (topic: string, partitions: readonly number[]): Buffer => {
  const writer = new Writer()
  writer.int16(0)
  writerOf(ConsumerProtocolAssignment, 0)(writer, { assignedPartitions: [{ topic, partitions }] })
  return Buffer.concat(writer.finish())
}

export const joinRequest = (stage: Stage, request: JoinGroupRequest = {}): JoinGroupRequest => ({
  groupId: stage.name('group'),
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: subscription('what-i-read') }],
  ...request,
})

export const join = (stage: Stage, version: number, request?: JoinGroupRequest) =>
  stage.send(JoinGroup, version, joinRequest(stage, request))

/** Joins, in two steps where the version wants it. */
export const joinFully = async (stage: Stage, version: number, request: JoinGroupRequest = {}): Promise<Member> => {
  const groupId = stage.name('group')
  const first = await join(stage, version, request)
  if (version < MEMBER_ID_REQUIRED_VERSION || request.groupInstanceId) return { groupId, ...first }
  return { groupId, ...(await join(stage, version, { ...request, memberId: first.memberId })) }
}

export const sync = (
  stage: Stage,
  version: number,
  { groupId, memberId, generationId }: Member,
  request: InputOf<typeof SyncGroup.request> = {},
) =>
  stage.send(SyncGroup, version, {
    groupId,
    generationId,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('what I get') }],
    ...request,
  })

/** A stable group of one member. */
export const stableGroup = async (
  stage: Stage,
  request: JoinGroupRequest = {},
  assigned: Buffer = Buffer.from('what I get'),
): Promise<Member> => {
  const member = await joinFully(stage, 5, request)
  await sync(stage, 3, member, { assignments: [{ memberId: member.memberId, assignment: assigned }] })
  return member
}
