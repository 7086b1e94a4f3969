/** A record of a coordinator's log, encoded. A null value deletes what the key stands for (compaction). */
export interface CoordinatorRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** A record as it is in the log. */
export interface LoggedRecord extends CoordinatorRecord {
  /** Set for records that belong to a transaction: they count when its end marker says so. */
  readonly transaction: ProducerIdAndEpoch | null
}

export interface ProducerIdAndEpoch {
  readonly producerId: number
  readonly producerEpoch: number
}

/** A producer of which is known that its transaction includes the partition. */
export interface VerifiedProducer extends ProducerIdAndEpoch {
  /** As in `AppendOptions`: the guard under which that was asked. */
  readonly verification: number | undefined
}

/**
 * The state of one partition of a coordinator's topic. Only `replay` and `replayMarker` change what is made of records, in a live broker as
 * after a restart.
 */
export interface CoordinatorShard {
  replay(record: LoggedRecord): void
  /** A transaction of this producer ended in this partition. */
  replayMarker(producer: ProducerIdAndEpoch, isCommit: boolean): void
  /** All of the log has been replayed: begin to serve. `now` is the wall clock. */
  activate(now: number): void
  /** The shard is given up: its soft state goes, and everyone who still waits for an answer of it has to be told. */
  close(errorCode: number): void
}

/** What a transition wants: nothing has happened yet, and nothing happens when the records cannot be appended. */
export interface Transition<Response> {
  readonly records: readonly CoordinatorRecord[]
  readonly response: Response
  /** False: the records make sense one by one, and may be more than fit into one batch. */
  readonly isAtomic?: false
  /** The records belong to a transaction of this producer. */
  readonly transaction?: VerifiedProducer
  /**
   * Runs when the records are replicated, before the response leaves: for those who wait for the same. Does not run when the shard has been
   * given up or loaded anew meanwhile.
   */
  readonly afterReplication?: () => void
  /** Runs when the log does not take the records and the shard goes on, for they are too large: soft state that counted on them changes. */
  readonly afterRefusal?: (errorCode: number) => void
}

/** Timers of a shard, one for each key. All of them are gone when the shard is. */
export interface ShardTimers<Shard> {
  /** Runs `operation` in `delayMs` milliseconds, instead of what was to run under this key. */
  set(key: string, delayMs: number, operation: (shard: Shard, now: number) => Transition<void>): void
  /** Has what is to run under this key run in `delayMs` milliseconds from now. False: there is nothing. */
  putOff(key: string, delayMs: number): boolean
  cancel(key: string): void
}

/** The coordinator cannot do what was asked for; `errorCode` is for the client. */
export class CoordinatorFailure extends Error {
  override readonly name = 'CoordinatorFailure'
  readonly errorCode: number
  constructor(errorCode: number, message?: string) {
    super(message ?? `error code ${errorCode}`)
    this.errorCode = errorCode
  }
}
