import { ErrorCode, errorName } from '../../protocol/errors'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { LeaveGroup } from '../../protocol/messages/13-leave-group'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { assignedPartitions, assignment } from '../support/assignment'
import { subscription } from '../support/subscription'
import { Halted, isRetriable } from './actor'
import { GroupMember, type GroupMemberOptions, type Identity, SESSION_MS, type Standing } from './group-member'
import { placeOf } from './history'
import type { World } from './world'

export interface ClassicMemberOptions extends GroupMemberOptions {
  /** Partitions of the topic. */
  readonly partitions: number
  /** Of a static member. */
  readonly groupInstanceId: string | null
}

export const REBALANCE_MS = 5_000

/** The first versions with a static member, and those before them. */
const VERSIONS = {
  dynamic: { join: [1, 3, 4, 5, 6, 9], sync: [0, 2, 3, 5] },
  static: { join: [5, 7, 9], sync: [3, 4, 5] },
}

/** A member that speaks the classic protocol; the leader deals the partitions out in the order of the members' ids. */
export class ClassicMember extends GroupMember {
  readonly #classic: ClassicMemberOptions
  readonly #versions: { readonly join: number; readonly sync: number }
  #memberId = ''
  #generationId = -1

  constructor(world: World, name: string, options: ClassicMemberOptions) {
    super(world, name, options)
    this.#classic = options
    const versions = options.groupInstanceId === null ? VERSIONS.dynamic : VERSIONS.static
    this.#versions = { join: world.pick(versions.join), sync: world.pick(versions.sync) }
  }

  protected get identity(): Identity {
    const { groupInstanceId } = this.#classic
    return { memberId: this.#memberId, groupInstanceId, generationId: this.#generationId }
  }

  protected async join(): Promise<boolean> {
    const { group, topic, groupInstanceId } = this.#classic
    const joined = await this.ask('coordinator', JoinGroup, this.#versions.join, {
      groupId: group,
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      memberId: this.#memberId,
      groupInstanceId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(topic) }],
    })
    if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.#memberId = joined.memberId
    if (joined.errorCode !== ErrorCode.NONE) {
      this.refused('JoinGroup', joined.errorCode)
      return false
    }
    this.#memberId = joined.memberId
    this.#generationId = joined.generationId
    const isLeader = joined.leader === joined.memberId && !joined.skipAssignment
    this.note(`is ${joined.memberId} in generation ${joined.generationId}${isLeader ? ' and leads' : ''}`)
    return this.#sync(isLeader ? joined.members.map(({ memberId }) => memberId) : [])
  }

  async #sync(members: readonly string[]): Promise<boolean> {
    const { group, topic } = this.#classic
    const { generationId, ...self } = this.identity
    const { errorCode, assignment: bytes } = await this.ask('coordinator', SyncGroup, this.#versions.sync, {
      groupId: group,
      generationId,
      ...self,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: this.#deal(members),
    })
    if (errorCode !== ErrorCode.NONE) {
      this.refused('SyncGroup', errorCode)
      return false
    }
    for (const partition of [...this.positions.keys()]) this.giveUp(partition)
    const partitions = assignedPartitions(bytes)
    for (const partition of partitions) {
      this.positions.set(partition, 0)
      this.world.history.owns(group, generationId, placeOf(topic, partition), self.groupInstanceId ?? self.memberId)
    }
    this.note(`has ${partitions} in generation ${generationId}`)
    return true
  }

  #deal(members: readonly string[]): { memberId: string; assignment: Buffer }[] {
    const { topic, partitions } = this.#classic
    const all = Array.from({ length: partitions }, (_nothing, partition) => partition)
    return members.toSorted().map((memberId, index) => ({
      memberId,
      assignment: assignment(
        topic,
        all.filter(partition => partition % members.length === index),
      ),
    }))
  }

  protected async heartbeat(): Promise<Standing> {
    const { errorCode } = await this.ask('coordinator', Heartbeat, this.world.pick([3, 4]), {
      groupId: this.#classic.group,
      ...this.identity,
    })
    if (errorCode === ErrorCode.NONE) return 'stays'
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) await this.finishWork()
    return this.refused('Heartbeat', errorCode)
  }

  protected async sayGoodbye(): Promise<void> {
    const { groupInstanceId, memberId } = this.identity
    if (memberId === '') return
    const members = [{ memberId, groupInstanceId }]
    const answer = await this.persist(
      () => this.ask('coordinator', LeaveGroup, 4, { groupId: this.#classic.group, members }),
      ({ errorCode, members: left }) => left[0]?.errorCode ?? errorCode,
    )
    this.note(`leaves: ${errorName(answer.members[0]?.errorCode ?? answer.errorCode)}`)
  }

  protected refused(api: string, errorCode: number): Standing {
    this.note(`${api}: ${errorName(errorCode)}`)
    switch (errorCode) {
      case ErrorCode.FENCED_INSTANCE_ID:
        this.halt()
        throw new Halted()
      case ErrorCode.UNKNOWN_MEMBER_ID:
        this.#memberId = ''
        return 'rejoins'
      case ErrorCode.MEMBER_ID_REQUIRED:
      case ErrorCode.REBALANCE_IN_PROGRESS:
      case ErrorCode.ILLEGAL_GENERATION:
        return 'rejoins'
      default:
        if (!isRetriable(errorCode)) this.unexpected(api, errorCode)
        return 'rejoins'
    }
  }
}
