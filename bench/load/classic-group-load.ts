import { ErrorCode, errorName } from '../../protocol/errors'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { ConsumerProtocolSubscription } from '../../protocol/messages/consumer-protocol'
import { writerOf } from '../../protocol/schema/codec'
import { Writer } from '../../protocol/wire/writer'
import { Census, UNSETTLED } from './census'
import { CoordinatorType, ensureSuccess, findCoordinators, pause, retried } from './coordinator'
import { LoadConnection } from './load-connection'

export interface GroupLoad {
  readonly host: string
  readonly port: number
  readonly group: string
  readonly topic: string
  readonly members: number
  readonly rounds: number
}

/** Milliseconds of every rebalance. */
export interface GroupResult {
  readonly milliseconds: readonly number[]
}

const JOIN_VERSION = 7
const SYNC_VERSION = 5
const SUBSCRIPTION_VERSION = 1
const SESSION_MS = 45_000
const REBALANCE_MS = 60_000
const ASSIGNMENT_BYTES = 64
const HEARTBEAT_MS = 50
const HEARTBEAT_VERSION = 4

/**
 * Rebalances in which everybody rejoins at once: from the first JoinGroup that is sent to the last assignment that is received. Nobody waits
 * for a heartbeat, whose interval would hide what the coordinator costs. The group is formed before anything counts.
 */
export const runClassicGroupLoad = async (load: GroupLoad): Promise<GroupResult> => {
  await findCoordinators(load, CoordinatorType.group, [load.group])
  const connections = await LoadConnection.openAll(load.host, load.port, load.members)
  const census = new Census()
  const members = connections.map(connection => new ClassicMember(connection, load.group, census))
  const milliseconds: number[] = []
  for (let round = 0; round <= load.rounds; round++) {
    const startedAt = performance.now()
    await rebalance(members, census, round)
    if (round > 0) milliseconds.push(Math.max(...members.map(({ syncedAt }) => syncedAt)) - startedAt)
  }
  for (const member of members) member.close()
  return { milliseconds }
}

/** Everybody joins, until all are in one generation; those that join a new group first find themselves in a smaller one. */
const rebalance = async (members: readonly ClassicMember[], census: Census, round: number): Promise<void> => {
  const isOver = () => census.isUnanimous(members.length)
  const drive = async (member: ClassicMember) => {
    while (!isOver()) {
      if (!member.isStable) await member.rejoin(round)
      else {
        await pause(HEARTBEAT_MS)
        await member.heartbeat()
      }
    }
  }
  for (const member of members) member.isStable = false
  await Promise.all(members.map(drive))
}

class ClassicMember {
  readonly #census: Census
  #generation = -1
  #isStable = false
  /** When it got its last assignment. */
  syncedAt = 0
  readonly #connection: LoadConnection
  readonly #group: string
  #memberId = ''
  /** Who has to be given an assignment; empty with all but the leader. */
  #members: readonly string[] = []

  constructor(connection: LoadConnection, group: string, census: Census) {
    this.#connection = connection
    this.#group = group
    this.#census = census
    census.enter()
  }

  /** Whether it has its assignment and knows of no other rebalance. */
  get isStable(): boolean {
    return this.#isStable
  }

  set isStable(value: boolean) {
    const before = this.#isStable ? this.#generation : UNSETTLED
    this.#isStable = value
    this.#census.moved(before, value ? this.#generation : UNSETTLED)
  }

  async rejoin(round: number): Promise<void> {
    await this.#join(round)
    this.isStable = await this.#sync()
    this.syncedAt = performance.now()
  }

  async heartbeat(): Promise<void> {
    const generationId = this.#generation
    const request = { groupId: this.#group, generationId, memberId: this.#memberId }
    const { errorCode } = await this.#connection.request(Heartbeat, HEARTBEAT_VERSION, request)
    this.isStable = errorCode === ErrorCode.NONE
    if (!this.isStable && errorCode !== ErrorCode.REBALANCE_IN_PROGRESS) {
      throw new Error(`Heartbeat: ${errorName(errorCode)}`)
    }
  }

  async #join(round: number): Promise<void> {
    const answer = await retried(() => this.#askToJoin(round), ErrorCode.MEMBER_ID_REQUIRED)
    ensureSuccess('JoinGroup', answer.errorCode)
    this.#generation = answer.generationId
    this.#members = answer.members.map(({ memberId }) => memberId)
  }

  /** With metadata of this round: members whose metadata has changed start a rebalance, as Kafka has it. */
  async #askToJoin(round: number) {
    const answer = await this.#connection.request(JoinGroup, JOIN_VERSION, {
      groupId: this.#group,
      memberId: this.#memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(round) }],
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
    })
    this.#memberId = answer.memberId
    return answer
  }

  /** False when another rebalance has begun. */
  async #sync(): Promise<boolean> {
    const { errorCode } = await this.#connection.request(SyncGroup, SYNC_VERSION, {
      groupId: this.#group,
      generationId: this.#generation,
      memberId: this.#memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: this.#members.map(memberId => ({ memberId, assignment: Buffer.alloc(ASSIGNMENT_BYTES) })),
    })
    if (errorCode === ErrorCode.NONE) return true
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS || errorCode === ErrorCode.ILLEGAL_GENERATION) return false
    throw new Error(`SyncGroup: ${errorName(errorCode)}`)
  }

  close(): void {
    this.#connection.close()
  }
}

/** What a consumer says of itself, which is another thing in every round. */
const subscription = (round: number): Buffer => {
  const writer = new Writer()
  writer.int16(SUBSCRIPTION_VERSION)
  const topics = ['a-topic']
  writerOf(ConsumerProtocolSubscription, SUBSCRIPTION_VERSION)(writer, {
    topics,
    userData: Buffer.from(`round ${round}`),
  })
  return Buffer.concat(writer.finish())
}
