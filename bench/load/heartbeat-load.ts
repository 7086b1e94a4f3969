import { ErrorCode } from '../../protocol/errors'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { CoordinatorType, ensureSuccess, findCoordinators, pause, retried } from './coordinator'
import { LoadConnection } from './load-connection'

export interface HeartbeatLoad {
  readonly host: string
  readonly port: number
  /** Each member is in a group of its own, whose name begins with this. */
  readonly group: string
  readonly members: number
  readonly seconds: number
}

/** The line that says that all members are there. */
export const BEGUN = 'begun\n'

const JOIN_VERSION = 4
const SYNC_VERSION = 3
const HEARTBEAT_VERSION = 3
/** Kafka's default of consumers. */
const INTERVAL_MS = 3_000
/** Longer than it takes until all have joined: before that nobody sends heartbeats. */
const SESSION_MS = 600_000
/** Members that join at the same time. */
const JOINING = 100

/**
 * Members that do nothing but say that they are alive, each at a time of its own. Calls `begun` when all are in their groups; ends when they
 * have all done so for a while.
 */
export const runHeartbeatLoad = async (load: HeartbeatLoad, begun: () => void): Promise<{ heartbeats: number }> => {
  await findCoordinators(load, CoordinatorType.group, [load.group])
  const members: Member[] = []
  while (members.length < load.members) {
    const count = Math.min(JOINING, load.members - members.length)
    const connections = await LoadConnection.openAll(load.host, load.port, count)
    const joining = connections.map((it, at) => new Member(it, `${load.group}-${members.length + at}`))
    await Promise.all(joining.map(member => member.join()))
    members.push(...joining)
  }
  begun()
  const until = performance.now() + load.seconds * 1000
  let heartbeats = 0
  const live = async (member: Member, at: number) => {
    await pause((at / members.length) * INTERVAL_MS)
    for (; performance.now() < until; heartbeats++) {
      await member.heartbeat()
      await pause(INTERVAL_MS)
    }
    member.close()
  }
  await Promise.all(members.map(live))
  return { heartbeats }
}

class Member {
  readonly #connection: LoadConnection
  readonly #groupId: string
  #memberId = ''
  #generationId = -1

  constructor(connection: LoadConnection, groupId: string) {
    this.#connection = connection
    this.#groupId = groupId
  }

  async join(): Promise<void> {
    const answer = await retried(() => this.#askToJoin(), ErrorCode.MEMBER_ID_REQUIRED)
    ensureSuccess('JoinGroup', answer.errorCode)
    this.#generationId = answer.generationId
    const { errorCode } = await this.#connection.request(SyncGroup, SYNC_VERSION, {
      ...this.#request(),
      assignments: [],
    })
    ensureSuccess('SyncGroup', errorCode)
  }

  async heartbeat(): Promise<void> {
    const { errorCode } = await this.#connection.request(Heartbeat, HEARTBEAT_VERSION, this.#request())
    ensureSuccess('Heartbeat', errorCode)
  }

  async #askToJoin() {
    const answer = await this.#connection.request(JoinGroup, JOIN_VERSION, {
      groupId: this.#groupId,
      memberId: this.#memberId,
      protocolType: 'bench',
      protocols: [{ name: 'bench', metadata: Buffer.alloc(0) }],
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: SESSION_MS,
    })
    this.#memberId = answer.memberId
    return answer
  }

  close(): void {
    this.#connection.close()
  }

  #request() {
    return { groupId: this.#groupId, memberId: this.#memberId, generationId: this.#generationId }
  }
}
