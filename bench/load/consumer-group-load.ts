import { ErrorCode, errorName } from '../../protocol/errors'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
import type { InputOf } from '../../protocol/schema/message'
import { Census, UNSETTLED } from './census'
import type { GroupLoad, GroupResult } from './classic-group-load'
import { CoordinatorType, findCoordinators, isPassing } from './coordinator'
import { answerIn, LoadConnection, type PreparedRequest, prepare } from './load-connection'

const HEARTBEAT_VERSION = 0
const REBALANCE_MS = 60_000
const LEAVE = -1
/** Behind the correlation id. */
const BODY_OFFSET = 4

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
  /** The heartbeat that says nothing but the epoch. */
  #signOfLife: PreparedRequest | null = null
  /** The last one without an assignment. */
  #lastAnswer: Buffer | null = null

  constructor(connection: LoadConnection, load: GroupLoad, group: Group) {
    this.#connection = connection
    this.#load = load
    this.#group = group
  }

  async heartbeat(): Promise<void> {
    const isJoin = this.#epoch === 0
    const frame = await this.#send(this.#nextRequest())
    // Most answers say what the one before has said.
    if (this.#lastAnswer && frame.compare(this.#lastAnswer, BODY_OFFSET, undefined, BODY_OFFSET) === 0) return
    const answer = answerIn(ConsumerGroupHeartbeat, HEARTBEAT_VERSION, frame)
    if (isPassing(answer.errorCode)) return
    if (answer.errorCode !== ErrorCode.NONE) {
      throw new Error(`ConsumerGroupHeartbeat: ${errorName(answer.errorCode)} ${answer.errorMessage}`)
    }
    this.#memberId = answer.memberId ?? this.#memberId
    this.#isAcknowledged = answer.assignment === null
    this.#lastAnswer = this.#isAcknowledged ? frame : null
    if (isJoin) this.#group.census.enter()
    this.#arrived(answer.memberEpoch, answer.assignment?.topicPartitions ?? this.#assigned)
  }

  async leave(): Promise<void> {
    await this.#send(this.#prepare({ memberEpoch: LEAVE }))
    this.#arrived(0, [])
    this.#group.census.leave(UNSETTLED)
    this.#memberId = ''
    this.#isAcknowledged = true
    this.#lastAnswer = null
  }

  #nextRequest(): PreparedRequest {
    const memberEpoch = this.#epoch
    if (memberEpoch === 0) {
      const subscribedTopicNames = [this.#load.topic]
      return this.#prepare({
        memberEpoch,
        rebalanceTimeoutMs: REBALANCE_MS,
        subscribedTopicNames,
        topicPartitions: [],
      })
    }
    // A new assignment is confirmed once; a heartbeat says nothing of what has not changed.
    if (!this.#isAcknowledged) return this.#prepare({ memberEpoch, topicPartitions: this.#assigned })
    this.#signOfLife ??= this.#prepare({ memberEpoch })
    return this.#signOfLife
  }

  #arrived(epoch: number, assigned: Assignment): void {
    const before = this.#state
    if (epoch !== this.#epoch) this.#signOfLife = null
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

  #prepare(state: Omit<InputOf<(typeof ConsumerGroupHeartbeat)['request']>, 'groupId' | 'memberId'>): PreparedRequest {
    const request = { groupId: this.#load.group, memberId: this.#memberId, ...state }
    return prepare(ConsumerGroupHeartbeat, HEARTBEAT_VERSION, request)
  }

  #send(request: PreparedRequest): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#connection.onFailure(reject)
      this.#connection.send(request, resolve)
    })
  }
}

const ownedOf = (assignment: Assignment): number =>
  assignment.reduce((sum, { partitions }) => sum + partitions.length, 0)
