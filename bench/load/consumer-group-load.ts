import { ErrorCode, errorName } from '../../protocol/errors'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
import { Census, UNSETTLED } from './census'
import type { GroupLoad, GroupResult } from './classic-group-load'
import { CoordinatorType, findCoordinators, isPassing } from './coordinator'
import { LoadConnection } from './load-connection'

const HEARTBEAT_VERSION = 0
const REBALANCE_MS = 60_000
const LEAVE = -1

/**
 * Rebalances of the consumer protocol (KIP-848): one member leaves and comes back, and everybody sends heartbeats without a pause until all
 * partitions have owners again and all members are in the same epoch. The topic has a partition for each member.
 */
export const runConsumerGroupLoad = async (load: GroupLoad): Promise<GroupResult> => {
  await findCoordinators(load, CoordinatorType.group, [load.group])
  const connections = await LoadConnection.openAll(load.host, load.port, load.members)
  const group = new Group(load.members)
  const members = connections.map(connection => new ConsumerMember(connection, load, group))
  await converge(members, group)
  const milliseconds: number[] = []
  for (let round = 0; round < load.rounds; round++) {
    const last = members.at(-1)!
    await last.leave()
    await converge(members.slice(0, -1), group)
    const startedAt = performance.now()
    await converge(members, group)
    milliseconds.push(performance.now() - startedAt)
  }
  for (const member of members) member.close()
  return { milliseconds }
}

/** Heartbeats of all members, until they agree on the epoch and each has something of the partitions, which all have owners. */
const converge = async (members: readonly ConsumerMember[], group: Group): Promise<void> => {
  // Once, for all: a heartbeat that is under way may begin the next change.
  let isOver = false
  const drive = async (member: ConsumerMember) => {
    while (!isOver) {
      await member.heartbeat()
      isOver ||= group.isStable(members.length)
    }
  }
  await Promise.all(members.map(drive))
}

/** What is known of all members together. */
class Group {
  /** By epoch, of those that own something. */
  readonly census = new Census()
  owned = 0
  readonly #partitions: number

  constructor(partitions: number) {
    this.#partitions = partitions
  }

  isStable(members: number): boolean {
    return this.owned === this.#partitions && this.census.isUnanimous(members)
  }
}

type Assignment = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

class ConsumerMember {
  readonly #connection: LoadConnection
  readonly #load: GroupLoad
  readonly #group: Group
  #epoch = 0
  #memberId = ''
  #assigned: Assignment = []
  #isAcknowledged = true

  constructor(connection: LoadConnection, load: GroupLoad, group: Group) {
    this.#connection = connection
    this.#load = load
    this.#group = group
  }

  async heartbeat(): Promise<void> {
    const isJoin = this.#epoch === 0
    const answer = await this.#send({
      memberEpoch: this.#epoch,
      ...(isJoin && {
        rebalanceTimeoutMs: REBALANCE_MS,
        subscribedTopicNames: [this.#load.topic],
        topicPartitions: [],
      }),
      // A new assignment is confirmed once; a heartbeat says nothing of what has not changed.
      ...(!isJoin && !this.#isAcknowledged && { topicPartitions: this.#assigned }),
    })
    if (isPassing(answer.errorCode)) return
    if (answer.errorCode !== ErrorCode.NONE) {
      throw new Error(`ConsumerGroupHeartbeat: ${errorName(answer.errorCode)} ${answer.errorMessage}`)
    }
    this.#memberId = answer.memberId ?? this.#memberId
    this.#isAcknowledged = answer.assignment === null
    if (isJoin) this.#group.census.enter()
    this.#arrived(answer.memberEpoch, answer.assignment?.topicPartitions ?? this.#assigned)
  }

  async leave(): Promise<void> {
    await this.#send({ memberEpoch: LEAVE })
    this.#arrived(0, [])
    this.#group.census.leave(UNSETTLED)
    this.#memberId = ''
    this.#isAcknowledged = true
  }

  #arrived(epoch: number, assigned: Assignment): void {
    const before = this.#state
    this.#group.owned -= ownedOf(this.#assigned)
    this.#epoch = epoch
    this.#assigned = assigned
    this.#group.owned += ownedOf(assigned)
    this.#group.census.moved(before, this.#state)
  }

  get #state(): number {
    return this.#assigned.length > 0 ? this.#epoch : UNSETTLED
  }

  close(): void {
    this.#connection.close()
  }

  #send(state: { readonly memberEpoch: number; readonly topicPartitions?: Assignment }) {
    return this.#connection.request(ConsumerGroupHeartbeat, HEARTBEAT_VERSION, {
      groupId: this.#load.group,
      memberId: this.#memberId,
      ...state,
    })
  }
}

const ownedOf = (assignment: Assignment): number =>
  assignment.reduce((sum, { partitions }) => sum + partitions.length, 0)
