import { ErrorCode, errorName } from '../../../protocol/errors'
import { OffsetCommit } from '../../../protocol/messages/08-offset-commit'
import { OffsetFetch } from '../../../protocol/messages/09-offset-fetch'
import { FindCoordinator } from '../../../protocol/messages/10-find-coordinator'
import type { ClusterClient } from '../cluster-client'
import { CommandFailure } from '../command-failure'
import { ensureNoError } from './cluster-error'

/** Topic -> partition -> offset. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, number>>

/** The last versions of both that name topics. */
const BY_NAME_VERSION = 9
const GROUP = 0
const NOBODY = ''

/** The broker that coordinates a group. */
export const coordinatorOf = async (client: ClusterClient, group: string): Promise<number> => {
  await client.metadata([])
  const { coordinators } = await client.request(FindCoordinator, { keyType: GROUP, coordinatorKeys: [group] })
  const { nodeId, errorCode, errorMessage } = coordinators[0]!
  ensureNoError(errorCode, errorMessage)
  return nodeId
}

/** All offsets that a group has committed. */
export const offsetsOfGroup = async (client: ClusterClient, group: string): Promise<Offsets> => {
  const request = { groups: [{ groupId: group, topics: null }] }
  const { groups } = await client.requestOf(await coordinatorOf(client, group), OffsetFetch, request, BY_NAME_VERSION)
  const { errorCode, topics } = groups[0]!
  ensureNoError(errorCode, null)
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      new Map(partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset])),
    ]),
  )
}

/** The offsets that a group has committed for a topic, by partition. */
export const committedOffsets = async (
  client: ClusterClient,
  group: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> => (await offsetsOfGroup(client, group)).get(topic) ?? new Map()

/** Commits as somebody who is no member, which a group without members accepts. */
export const commitOffsets = async (client: ClusterClient, group: string, offsets: Offsets): Promise<void> => {
  const request = {
    groupId: group,
    memberId: NOBODY,
    topics: Array.from(offsets, ([name, partitions]) => ({
      name,
      partitions: Array.from(partitions, ([partitionIndex, committedOffset]) => ({
        partitionIndex,
        committedOffset,
        committedMetadata: '',
      })),
    })),
  }
  const { topics } = await client.requestOf(await coordinatorOf(client, group), OffsetCommit, request, BY_NAME_VERSION)
  for (const { name, partitions } of topics) {
    const failed = partitions.find(({ errorCode }) => errorCode !== ErrorCode.NONE)
    if (failed) throw new CommandFailure(`${name}, partition ${failed.partitionIndex}: ${errorName(failed.errorCode)}`)
  }
}
