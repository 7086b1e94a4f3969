/**
 * A partition of which this broker holds a replica: the log, and what the rest of the cluster may see of it.
 *
 * Invariants
 * - highWatermark <= log.logEndOffset; while this broker leads, it never goes back.
 * - Whoever waits for an offset is answered exactly once: when it is passed, or when the log or the leadership is lost.
 * - What is below the high watermark is on every in-sync replica. With this broker as the only one, that is all that has been written.
 * - The log of a leader knows where the leader epoch in force begins, also before the first record of it.
 */
import { ErrorCode } from '../../protocol/errors'
import { type AppendOptions, type AppendResult, refusedAppend } from '../log/log-append'
import type { PartitionLog } from '../log/partition-log'
import type { PartitionState } from '../metadata/partition-state'
import { OffsetWaiters } from './offset-waiters'
import { PartitionTraffic } from './partition-traffic'

/** Told when a consumer or follower could see more than before, or when the partition cannot be read here any more. */
export interface PartitionWatcher {
  partitionAdvanced(partition: Partition): void
}

/** The acknowledgement that a producer asks for. */
export type Acks = -1 | 0 | 1

export class Partition {
  readonly topic: string
  readonly topicId: string
  readonly index: number
  readonly log: PartitionLog
  readonly traffic = new PartitionTraffic()
  readonly #brokerId: number
  #state: PartitionState
  /** Why it is no longer served here; NONE while it is. */
  #closedWith: number = ErrorCode.NONE
  readonly #writeWaiters = new OffsetWaiters()
  readonly #replicationWaiters = new OffsetWaiters()
  readonly #watchers = new Set<PartitionWatcher>()

  constructor(options: { log: PartitionLog; state: PartitionState; brokerId: number }) {
    this.log = options.log
    this.topic = options.log.topic
    this.topicId = options.log.topicId
    this.index = options.log.partition
    this.#brokerId = options.brokerId
    this.#state = options.state
    this.log.onAdvance = () => this.#advance()
    this.#beginEpoch()
    this.#advanceHighWatermark()
  }

  get state(): PartitionState {
    return this.#state
  }

  get leaderEpoch(): number {
    return this.#state.leaderEpoch
  }

  get isLeader(): boolean {
    return this.#closedWith === ErrorCode.NONE && this.#state.leader === this.#brokerId
  }

  get highWatermark(): number {
    return this.log.highWatermark
  }

  /** End of what a consumer may read: below open transactions for read_committed, below the high watermark otherwise. */
  visibleEnd(committedOnly: boolean): number {
    return committedOnly ? this.log.lastStableOffset : this.log.highWatermark
  }

  /**
   * Whether this broker may serve a request made under `currentLeaderEpoch` (KIP-320; -1 = not checked): NONE,
   * NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH (the client is behind), UNKNOWN_LEADER_EPOCH (this broker is behind), KAFKA_STORAGE_ERROR,
   * or what it was closed with.
   */
  checkLeader(currentLeaderEpoch: number): number {
    if (this.#closedWith !== ErrorCode.NONE) return this.#closedWith
    if (this.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch < this.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
    if (currentLeaderEpoch > this.leaderEpoch) return ErrorCode.UNKNOWN_LEADER_EPOCH
    return this.isLeader ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER
  }

  /** Metadata of this partition changed: a new leader, epoch or in-sync set. */
  update(state: PartitionState): void {
    const wasLeader = this.isLeader
    this.#state = state
    if (wasLeader && !this.isLeader) this.#failWaiters(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    this.#beginEpoch()
    this.#advance()
  }

  /** Appends as leader; `acks` -1 is refused with NOT_ENOUGH_REPLICAS while too few replicas are in sync. */
  append(records: Buffer, acks: Acks, options: Omit<AppendOptions, 'leaderEpoch'>): AppendResult {
    const from = this.log.nextOffset
    const result = this.#append(records, acks, options)
    this.traffic.appended(records.length, this.log.nextOffset - from)
    if (options.origin === 'client') this.traffic.produced(result)
    return result
  }

  /**
   * Calls back when `lastOffset` is written (acks 0 and 1) or replicated (acks -1), or with the error that prevents it; at once when
   * that is so already. Returns a function that gives the wait up.
   */
  whenAcknowledged(lastOffset: number, acks: Acks, callback: (errorCode: number) => void): () => void {
    if (this.#closedWith !== ErrorCode.NONE) callback(this.#closedWith)
    else if (this.log.isOffline) callback(ErrorCode.KAFKA_STORAGE_ERROR)
    else if (acks !== -1) {
      if (lastOffset >= this.log.logEndOffset) return this.#writeWaiters.add(lastOffset, callback)
      callback(ErrorCode.NONE)
    } else {
      if (lastOffset >= this.log.highWatermark) return this.#replicationWaiters.add(lastOffset, callback)
      callback(this.#replicationOutcome())
    }
    return () => {}
  }

  /** Appends that wait for an acknowledgement. */
  get waitingAppends(): number {
    return this.#writeWaiters.size + this.#replicationWaiters.size
  }

  get watchers(): ReadonlySet<PartitionWatcher> {
    return this.#watchers
  }

  watch(watcher: PartitionWatcher): void {
    this.#watchers.add(watcher)
  }

  unwatch(watcher: PartitionWatcher): void {
    this.#watchers.delete(watcher)
  }

  /** The partition is no longer here: ends all waits with `errorCode`. The log itself is closed or deleted by its owner. */
  close(errorCode: number): void {
    this.#closedWith = errorCode
    this.log.onAdvance = null
    this.#failWaiters(errorCode)
    this.#notify()
  }

  #beginEpoch(): void {
    if (this.isLeader) this.log.beginEpoch(this.leaderEpoch)
  }

  #append(records: Buffer, acks: Acks, options: Omit<AppendOptions, 'leaderEpoch'>): AppendResult {
    const refusal = this.checkLeader(-1)
    if (refusal !== ErrorCode.NONE) return refusedAppend(refusal)
    if (acks === -1 && !this.#enoughInSync()) return refusedAppend(ErrorCode.NOT_ENOUGH_REPLICAS)
    return this.log.append(records, { ...options, leaderEpoch: this.leaderEpoch })
  }

  #advance(): void {
    if (this.log.isOffline) this.#failWaiters(ErrorCode.KAFKA_STORAGE_ERROR)
    else {
      this.#writeWaiters.advance(this.log.logEndOffset, ErrorCode.NONE)
      this.#advanceHighWatermark()
      this.#replicationWaiters.advance(this.log.highWatermark, this.#replicationOutcome())
    }
    this.#notify()
  }

  #advanceHighWatermark(): void {
    if (!this.isLeader || !this.#enoughInSync()) return
    const isAlone = this.#state.isr.every(member => member.id === this.#brokerId)
    if (isAlone && this.log.logEndOffset > this.log.highWatermark) this.log.highWatermark = this.log.logEndOffset
  }

  #enoughInSync(): boolean {
    return this.#state.isr.length >= this.#state.minIsr
  }

  #replicationOutcome(): number {
    return this.#enoughInSync() ? ErrorCode.NONE : ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND
  }

  #failWaiters(errorCode: number): void {
    this.#writeWaiters.fail(errorCode)
    this.#replicationWaiters.fail(errorCode)
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher.partitionAdvanced(this)
  }
}
