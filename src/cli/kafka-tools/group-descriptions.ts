import { DescribeGroups, type DescribeGroupsResponse } from '../../../protocol/messages/15-describe-groups'
import { ConsumerProtocolAssignment } from '../../../protocol/messages/consumer-protocol'
import { readerOf } from '../../../protocol/schema/codec'
import { Reader } from '../../../protocol/wire/reader'
import type { ClusterClient } from '../cluster-client'
import { CommandFailure } from '../command-failure'
import { LATEST, offsetsAt } from '../consume-command'
import { ensureNoError } from './cluster-error'
import { coordinatorOf, offsetsOfGroup } from './group-offsets'
import { textColumns } from './text-columns'

export type Group = DescribeGroupsResponse['groups'][number]
type Member = Group['members'][number]

const CONSUMER = 'consumer'
const NONE = '-'

/** A group as its coordinator describes it. Throws `CommandFailure` when it is not there. */
export const describedGroup = async (client: ClusterClient, id: string): Promise<Group> => {
  const { groups } = await client.requestOf(await coordinatorOf(client, id), DescribeGroups, { groups: [id] })
  const group = groups[0]!
  ensureNoError(group.errorCode, group.errorMessage)
  if (group.groupState === 'Dead') throw new CommandFailure(`Group ${id} not found.`)
  return group
}

/** What a group has committed, how far behind that is, and who reads it. */
export const offsetLines = async (client: ClusterClient, group: Group): Promise<string[]> => {
  const { groupId } = group
  const rows: string[][] = []
  const readers = new Map(
    group.members.flatMap(member => assignmentOf(group, member).map(partition => [partition, member])),
  )
  const offsets = await offsetsOfGroup(client, groupId)
  for (const [topic, partitions] of offsets) {
    const ends = await offsetsAt(client, await client.partitionsOf(topic, false), LATEST)
    for (const [partition, offset] of [...partitions].sort(([a], [b]) => a - b)) {
      const end = ends[partition]!
      const reader = readers.get(`${topic}:${partition}`)
      const who = reader ? [reader.memberId, reader.clientHost, reader.clientId] : [NONE, NONE, NONE]
      rows.push([groupId, topic, `${partition}`, `${offset}`, `${end}`, `${end - offset}`, ...who])
    }
  }
  if (rows.length === 0) return []
  const head = 'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID'.split(' ')
  return ['', ...textColumns([15, 15, 10, 15, 15, 15, 15, 15, 0], [head, ...rows])]
}

/** The members of a group. */
export const memberLines = (group: Group): string[] => {
  const rows = group.members.map(member => [
    group.groupId,
    member.memberId,
    member.clientHost,
    member.clientId,
    `${assignmentOf(group, member).length}`,
  ])
  const head = ['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS']
  return ['', ...textColumns([15, 15, 15, 15, 15], [head, ...rows]).map(line => `${line} `)]
}

/** Coordinator and state of a group. */
export const stateLines = async (client: ClusterClient, group: Group): Promise<string[]> => {
  const nodeId = await coordinatorOf(client, group.groupId)
  const { brokers } = await client.metadata([])
  const { host, port } = brokers.find(broker => broker.nodeId === nodeId)!
  const coordinator = `${host}:${port}  (${nodeId})`
  const { groupId, protocolData, groupState, members } = group
  const head = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', '#MEMBERS']
  const row = [groupId, coordinator, protocolData || NONE, groupState, `${members.length}`]
  return ['', ...textColumns([15, 25, 20, 20, 0], [head, row])]
}

/** `topic:partition` of everything that is assigned to a member. */
const assignmentOf = ({ protocolType }: Group, { memberAssignment }: Member): string[] => {
  if (protocolType !== CONSUMER || memberAssignment.length === 0) return []
  const reader = new Reader(memberAssignment)
  const { assignedPartitions } = readerOf(ConsumerProtocolAssignment, reader.int16())(reader)
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map(partition => `${topic}:${partition}`))
}
