import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { subscription } from './subscription'
import { TestBroker } from './test-broker'
import type { TestClient } from './test-client'

export const TOPIC = 'orders'

export interface Membership {
  readonly memberId: string
  readonly generationId: number
}

/** A broker that coordinates groups, with a topic of three partitions. */
export const startGroupBroker = async (
  settings: Readonly<Record<string, string>> = {},
): Promise<{ broker: TestBroker; topicId: string }> => {
  const broker = await TestBroker.start({ settings: { 'offsets.topic.num.partitions': '2', ...settings } })
  const topicId = await broker.createTopic(TOPIC, { partitions: 3 })
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['group'] })
  return { broker, topicId }
}

/** JoinGroup of a consumer; what is left out has usual values. */
export const joinRequest = (
  groupId: string,
  changes: Partial<InputOf<typeof JoinGroup.request>> = {},
): InputOf<typeof JoinGroup.request> => ({
  groupId,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: subscription(TOPIC) }],
  ...changes,
})

/** Joins as clients do, with the id that they are given, and waits for the round. */
export const joinGroup = async (
  broker: TestBroker,
  client: TestClient,
  version: number,
  request: InputOf<typeof JoinGroup.request>,
): Promise<MessageOf<typeof JoinGroup.response>> => {
  const first = await inTime(broker, client.send(JoinGroup, version, request))
  if (first.memberId === '' || first.errorCode === 0) return first
  return inTime(broker, client.send(JoinGroup, version, { ...request, memberId: first.memberId }))
}

/** A stable group of one member, which is assigned everything. */
export const stableGroup = async (
  broker: TestBroker,
  groupId: string,
  changes: Partial<InputOf<typeof JoinGroup.request>> = {},
): Promise<Membership> => {
  const client = await broker.connect()
  const { memberId, generationId } = await joinGroup(broker, client, 9, joinRequest(groupId, changes))
  await broker.until(
    client.send(SyncGroup, 3, {
      groupId,
      memberId,
      generationId,
      groupInstanceId: changes.groupInstanceId ?? null,
      assignments: [{ memberId, assignment: Buffer.from('everything') }],
    }),
  )
  return { memberId, generationId }
}

/** The first round of a group takes a timer of no time. */
const inTime = async <T>(broker: TestBroker, answer: Promise<T>): Promise<T> => {
  await broker.timers.advance(0)
  return broker.until(answer)
}
