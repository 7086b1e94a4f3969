import { ErrorCode, errorName } from '../../protocol/errors'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { CoordinatorType, ensureSuccess, findCoordinators, retried } from './coordinator'
import { answerIn, LoadConnection, type PreparedRequest, prepare } from './load-connection'

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
const TICK_MS = 1
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
  const heartbeats = await live(members, load.seconds)
  for (const member of members) member.close()
  return { heartbeats }
}

/**
 * One timer for all, which leaves no garbage for each member: collecting that would hold this process up, and after a pause the heartbeats
 * of many members would come together, for ever after. Returns how many there were.
 */
const live = (members: readonly Member[], seconds: number): Promise<number> => {
  const startedAt = performance.now()
  let heartbeats = 0
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const passedMs = performance.now() - startedAt
      if (passedMs > seconds * 1000) {
        clearInterval(timer)
        resolve(heartbeats)
        return
      }
      const due = Math.floor((passedMs / INTERVAL_MS) * members.length)
      for (; heartbeats < due; heartbeats++) members[heartbeats % members.length]!.heartbeat(reject)
    }, TICK_MS)
  })
}

class Member {
  readonly #connection: LoadConnection
  readonly #groupId: string
  #heartbeat: PreparedRequest | null = null
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
    this.#heartbeat = prepare(Heartbeat, HEARTBEAT_VERSION, this.#request())
  }

  heartbeat(failed: (error: Error) => void): void {
    this.#connection.send(this.#heartbeat!, frame => {
      const { errorCode } = answerIn(Heartbeat, HEARTBEAT_VERSION, frame)
      if (errorCode !== ErrorCode.NONE) failed(new Error(`Heartbeat: ${errorName(errorCode)}`))
    })
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
