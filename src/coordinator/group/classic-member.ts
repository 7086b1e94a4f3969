/** A way of assigning partitions that a member supports, with what it subscribes to, opaque to the broker. */
export interface MemberProtocol {
  readonly name: string
  readonly metadata: Buffer
}

/** What a member asks for when it joins. */
export interface Joining {
  /** Empty for a member that has no id yet. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  /** JoinGroup 4 and later: a new member is given its id first and joins with it (KIP-394). */
  readonly mustKnowItsId: boolean
  /** JoinGroup 9 and later: a leader can be told not to assign anew (KIP-814). */
  readonly canSkipAssignment: boolean
}

/** Who speaks for a member. */
export interface MemberIdentity {
  readonly memberId: string
  readonly groupInstanceId: string | null
}

export interface Syncing extends MemberIdentity {
  readonly generationId: number
  /** null before SyncGroup 5. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignments: ReadonlyMap<string, Buffer>
}

export interface JoinAnswer {
  readonly errorCode: number
  readonly memberId: string
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  /** For the leader only. */
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly metadata: Buffer
  }[]
}

export interface SyncAnswer {
  readonly errorCode: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

export const NO_BYTES = Buffer.alloc(0)

export const refusedJoin = (errorCode: number, memberId: string): JoinAnswer => ({
  errorCode,
  memberId,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  members: [],
})

export const refusedSync = (errorCode: number): SyncAnswer => ({
  errorCode,
  protocolType: null,
  protocolName: null,
  assignment: NO_BYTES,
})

/** A member of a classic group. What it waits for is soft state and not in any record. */
export class ClassicMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly MemberProtocol[]
  assignment: Buffer = NO_BYTES
  /** It has joined, but never seen a generation: it does not send heartbeats yet. */
  isNew = false
  /** Its JoinGroup waits for the others. */
  awaitingJoin: ((answer: JoinAnswer) => void) | null = null
  /** Its SyncGroup waits for the leader. */
  awaitingSync: ((answer: SyncAnswer) => void) | null = null

  constructor(
    memberId: string,
    joining: Omit<Joining, 'memberId' | 'protocolType' | 'mustKnowItsId' | 'canSkipAssignment'>,
  ) {
    this.memberId = memberId
    this.groupInstanceId = joining.groupInstanceId
    this.clientId = joining.clientId
    this.clientHost = joining.clientHost
    this.sessionTimeoutMs = joining.sessionTimeoutMs
    this.rebalanceTimeoutMs = joining.rebalanceTimeoutMs
    this.protocols = joining.protocols
  }

  /** While its request waits here the member cannot send a heartbeat, and is alive. */
  get isWaiting(): boolean {
    return this.awaitingJoin !== null || this.awaitingSync !== null
  }

  metadataFor(protocol: string | null): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? NO_BYTES
  }

  /** Whether it would join with the same protocols and the same metadata. */
  hasProtocols(protocols: readonly MemberProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((protocol, at) => {
        const own = this.protocols[at]!
        return own.name === protocol.name && own.metadata.equals(protocol.metadata)
      })
    )
  }
}
