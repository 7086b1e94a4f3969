import { errorName } from '../../protocol/errors'
import { decodeAssignment, encodeAssignment } from '../../src/coordinator/group/embedded-protocol'
import type { GroupMember, GroupWorld } from './group-world'

/** An assignment of partitions of the topic `topic`, as leaders of consumers write it. */
export const assigned = (...partitions: number[]): Buffer =>
  encodeAssignment({ assignedPartitions: [{ topic: 'topic', partitions }] }, 0)

/** The partitions that a member of the group `group` is told, or the name of an error. Assignments by member id, from a leader. */
export const syncConsumer = async (
  world: GroupWorld,
  member: GroupMember,
  assignments: ReadonlyMap<string, Buffer> = new Map(),
): Promise<number[] | string> => {
  const { errorCode, assignment } = await world.groups.sync('group', {
    ...member.identity,
    generationId: member.generationId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments,
  })
  if (errorCode !== 0) return errorName(errorCode)
  return decodeAssignment(assignment).assignedPartitions.flatMap(({ partitions }) => partitions)
}
