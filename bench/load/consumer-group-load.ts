import { ErrorCode, errorName } from '../../protocol/errors'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
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
  const members = connections.map(connection => new ConsumerMember(connection, load))
  await converge(members, load.members)
  const milliseconds: number[] = []
  for (let round = 0; round < load.rounds; round++) {
    const last = members.at(-1)!
    await last.leave()
    await converge(members.slice(0, -1), load.members)
    const startedAt = performance.now()
    await converge(members, load.members)
    milliseconds.push(performance.now() - startedAt)
  }
  for (const member of members) member.close()
  return { milliseconds }
}

/** Heartbeats of all members, until they agree on the epoch and each has something of the partitions, which all have owners. */
const converge = async (members: readonly ConsumerMember[], partitions: number): Promise<void> => {
  const isStable = () =>
    members.every(({ epoch, owned }) => epoch > 0 && epoch === members[0]!.epoch && owned > 0) &&
    members.reduce((sum, { owned }) => sum + owned, 0) === partitions
  // Once, for all: a heartbeat that is under way may begin the next change.
  let isOver = false
  const drive = async (member: ConsumerMember) => {
    while (!isOver) {
      await member.heartbeat()
      isOver ||= isStable()
    }
  }
  await Promise.all(members.map(drive))
}

type Assignment = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

class ConsumerMember {
  epoch = 0
  readonly #connection: LoadConnection
  readonly #load: GroupLoad
  #memberId = ''
  #assigned: Assignment = []
  #isAcknowledged = true

  constructor(connection: LoadConnection, load: GroupLoad) {
    this.#connection = connection
    this.#load = load
  }

  /** Partitions that are assigned to it. */
  get owned(): number {
    return this.#assigned.reduce((sum, { partitions }) => sum + partitions.length, 0)
  }

  async heartbeat(): Promise<void> {
    const isJoin = this.epoch === 0
    const answer = await this.#send({
      memberEpoch: this.epoch,
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
    this.epoch = answer.memberEpoch
    this.#isAcknowledged = answer.assignment === null
    if (answer.assignment !== null) this.#assigned = answer.assignment.topicPartitions
  }

  async leave(): Promise<void> {
    await this.#send({ memberEpoch: LEAVE })
    this.epoch = 0
    this.#memberId = ''
    this.#assigned = []
    this.#isAcknowledged = true
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
