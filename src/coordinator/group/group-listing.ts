/** What tools ask about groups. */
import { ErrorCode } from '../../../protocol/errors'
import { NO_BYTES } from './classic-member'
import { CONSUMER } from './embedded-protocol'
import type { GroupShard } from './group-shard'

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  readonly groupState: string
  readonly groupType: string
}

export interface DescribedGroup {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly groupId: string
  readonly groupState: string
  readonly protocolType: string
  readonly protocolData: string
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    readonly memberMetadata: Buffer
    readonly memberAssignment: Buffer
  }[]
}

/** Groups in any of these states and of any of these types, in whatever case they are written; none given: all. States are trimmed. */
export const listGroups = (shard: GroupShard, states: readonly string[], types: readonly string[]): ListedGroup[] => {
  const isWanted = (value: string, wanted: readonly string[]) =>
    wanted.length === 0 || wanted.some(name => name.toLowerCase() === value.toLowerCase())
  const trimmed = states.map(state => state.trim())
  return Array.from(shard.groups.values())
    .filter(group => isWanted(group.type, types) && isWanted(group.state, trimmed))
    .map(group => ({
      groupId: group.groupId,
      protocolType: group.type === 'consumer' ? CONSUMER : (group.protocolType ?? ''),
      groupState: group.state,
      groupType: group.type,
    }))
}

/** A classic group. One that does not exist or is none is described as dead; `GROUP_ID_NOT_FOUND` comes with version 6 (KIP-1043). */
export const describeGroup = (shard: GroupShard, groupId: string, apiVersion: number): DescribedGroup => {
  const group = shard.groups.get(groupId)
  if (!group) return deadGroup(groupId, apiVersion, `Group ${groupId} not found.`)
  if (group.type === 'consumer') return deadGroup(groupId, apiVersion, `Group ${groupId} is not a classic group.`)
  const isStable = group.is('Stable')
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? (group.protocolName ?? '') : '',
    members: Array.from(group.members.values(), member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? member.metadataFor(group.protocolName) : NO_BYTES,
      memberAssignment: member.assignment,
    })),
  }
}

const deadGroup = (groupId: string, apiVersion: number, message: string): DescribedGroup => ({
  errorCode: apiVersion >= 6 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NONE,
  errorMessage: apiVersion >= 6 ? message : null,
  groupId,
  groupState: 'Dead',
  protocolType: '',
  protocolData: '',
  members: [],
})
