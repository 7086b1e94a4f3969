/**
 * Runs the shard of one partition: loads it, puts what its transitions want into the log, and answers when that is replicated.
 *
 * Invariants
 * - Records are replayed in the order in which they are appended, and at once: a transition sees all that earlier ones have done.
 * - No answer leaves before all that it may depend on is below the high watermark; the answer to a mere question neither.
 * - After an append that failed the state is read anew from the log, for it was replayed already. Nothing is tried that is known to fail.
 */
import { ErrorCode } from '../../protocol/errors'
import { type BatchInput, encodeBatch } from '../../protocol/records/record-batch'
import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import type { Partition } from '../replication/partition'
import {
  CoordinatorFailure,
  type CoordinatorRecord,
  type CoordinatorShard,
  type ProducerIdAndEpoch,
  type ShardTimers,
  type Transition,
  type VerifiedProducer,
} from './coordinator-shard'
import { KeyedTimers } from './keyed-timers'
import { loadShard } from './shard-loader'

/** How the log of a coordinator is written and read. */
export interface ShardLogOptions {
  /** Codec of the batches, a number of `CompressionType`; default: none. */
  readonly compression?: number
  /** Bytes that are read at once when the log is loaded; more than 1 MiB, which is the default, counts as 1 MiB. */
  readonly loadBufferBytes?: number
}

export interface ShardHostOptions<Shard extends CoordinatorShard> extends ShardLogOptions {
  readonly partition: Partition
  readonly makeShard: (timers: ShardTimers<Shard>) => Shard
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** A load took so many milliseconds, or has failed (null). */
  readonly onLoaded?: (milliseconds: number | null) => void
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Room for what a batch is beside its records' keys and values. */
const BATCH_OVERHEAD_BYTES = 256
const RECORD_OVERHEAD_BYTES = 32
/** What was due while nothing could be written is tried again after so many milliseconds. */
const RETRY_MS = 500

export class ShardHost<Shard extends CoordinatorShard> {
  readonly #options: ShardHostOptions<Shard>
  /** Null while it is loading or after it was closed. */
  #shard: Shard | null = null
  #refusal: number = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
  #isClosed = false
  #loading: Promise<void>
  /** Counts loads, so that one that was overtaken by events is given up. */
  #loads = 0
  #pending: CoordinatorRecord[] = []
  #pendingBytes = 0
  #waiting: Waiting[] = []
  /** Of the last append; -1 before the first. */
  #lastOffset = -1
  #flushIsDue = false
  readonly #keyedTimers: KeyedTimers
  readonly #shardTimers: ShardTimers<Shard>

  constructor(options: ShardHostOptions<Shard>) {
    this.#options = options
    this.#keyedTimers = new KeyedTimers(options.clock, options.timers)
    this.#shardTimers = {
      set: (key, delayMs, operation) => this.#keyedTimers.set(key, delayMs, () => this.#runDue(key, operation)),
      putOff: (key, delayMs) => this.#keyedTimers.putOff(key, delayMs),
      cancel: key => this.#keyedTimers.cancel(key),
    }
    this.#loading = this.#load()
  }

  get partition(): Partition {
    return this.#options.partition
  }

  /** Resolves when the shard is loaded, or has failed to be. */
  get loaded(): Promise<void> {
    return this.#loading
  }

  /** The shard when it is ready to be asked. */
  get shard(): Shard | null {
    return this.#shard
  }

  /**
   * Runs a transition. Returns its response, or a promise of it when something that it depends on has yet to be replicated; throws or
   * rejects with CoordinatorFailure.
   */
  run<Response>(operation: (shard: Shard, now: number) => Transition<Response>): Response | Promise<Response> {
    const shard = this.#ready()
    const refusal = this.#appendRefusal()
    if (refusal !== ErrorCode.NONE) throw new CoordinatorFailure(refusal)
    const transition = operation(shard, this.#options.clock.now())
    try {
      this.#appendAll(transition)
    } catch (error) {
      if (error instanceof CoordinatorFailure && this.#shard === shard) transition.afterRefusal?.(error.errorCode)
      throw error
    }
    const finish = () => {
      if (this.#shard === shard) transition.afterReplication?.()
      return transition.response
    }
    return this.#isReplicated ? finish() : this.#replicated().then(finish)
  }

  /** Asks a question, which may be asked while nothing can be written. Returns and throws as `run` does. */
  ask<Response>(question: (shard: Shard, now: number) => Response): Response | Promise<Response> {
    const response = question(this.#ready(), this.#options.clock.now())
    return this.#isReplicated ? response : this.#replicated().then(() => response)
  }

  /** Gives the shard up: everything that waits is rejected. */
  close(errorCode: number): void {
    this.#isClosed = true
    this.#drop(errorCode)
  }

  /** An end marker that was appended to the partition by the transaction coordinator. */
  replayMarker(producer: ProducerIdAndEpoch, isCommit: boolean): void {
    this.#shard?.replayMarker(producer, isCommit)
  }

  /** Appends what is pending, so that what comes next lies behind it in the log. */
  flush(): void {
    if (this.#pending.length > 0) {
      const records = this.#pending
      this.#pending = []
      this.#pendingBytes = 0
      this.#appendBatch(this.#encode({ records }))
    }
    this.#settleWhenReplicated()
  }

  /**
   * What a timer of the shard does. When nothing can be written it is tried again; a failure later on has no one to go to: the shard is
   * loaded anew then, which sets its timers again.
   */
  async #runDue(key: string, operation: (shard: Shard, now: number) => Transition<void>): Promise<void> {
    if (this.#appendRefusal() !== ErrorCode.NONE) {
      this.#keyedTimers.set(key, RETRY_MS, () => this.#runDue(key, operation))
      return
    }
    try {
      await this.run(operation)
    } catch (error) {
      if (error instanceof CoordinatorFailure) return
      this.#options.logger.error('a coordinator failed at something that was due', { error })
    }
  }

  /** Why nothing could be appended now. */
  #appendRefusal(): number {
    const { partition } = this.#options
    const refusal = partition.checkLeader(-1)
    if (refusal !== ErrorCode.NONE) return refusal
    return partition.state.isr.length < partition.state.minIsr ? ErrorCode.NOT_ENOUGH_REPLICAS : ErrorCode.NONE
  }

  get #isReplicated(): boolean {
    return this.#pending.length === 0 && this.#lastOffset < this.partition.highWatermark
  }

  #ready(): Shard {
    if (!this.#shard) throw new CoordinatorFailure(this.#refusal)
    return this.#shard
  }

  async #load(): Promise<void> {
    const { partition, makeShard, timers, clock, logger, loadBufferBytes: bufferBytes, onLoaded } = this.#options
    const startedAt = clock.monotonic()
    const load = ++this.#loads
    const isWanted = () => load === this.#loads
    const shard = makeShard(this.#shardTimers)
    try {
      let offset = partition.log.logStartOffset
      while (offset < partition.log.nextOffset && isWanted()) {
        offset = await loadShard(partition, shard, { from: offset, timers, bufferBytes, isWanted })
      }
    } catch (error) {
      if (!isWanted()) return
      this.#refusal = ErrorCode.NOT_COORDINATOR
      onLoaded?.(null)
      logger.error('a coordinator could not be loaded', { topic: partition.topic, partition: partition.index, error })
      return
    }
    if (!isWanted()) return
    this.#lastOffset = partition.log.nextOffset - 1
    this.#shard = shard
    shard.activate(clock.now())
    const milliseconds = Math.round(clock.monotonic() - startedAt)
    onLoaded?.(milliseconds)
    logger.debug('a coordinator is loaded', { topic: partition.topic, partition: partition.index, milliseconds })
  }

  #appendAll({ records, transaction, isAtomic }: Transition<unknown>): void {
    if (transaction) this.#appendTransactional(records, transaction)
    else if (isAtomic === false) for (const record of records) this.#append([record])
    else this.#append(records)
  }

  #append(records: readonly CoordinatorRecord[]): void {
    if (records.length === 0) return
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0)
    const limit = this.partition.log.config.maxMessageBytes - BATCH_OVERHEAD_BYTES
    if (bytes > limit) {
      this.#appendLarge(records)
      return
    }
    if (this.#pendingBytes + bytes > limit) this.flush()
    const shard = this.#ready()
    for (const record of records) shard.replay({ ...record, transaction: null })
    this.#pending.push(...records)
    this.#pendingBytes += bytes
  }

  /** Whether these fit into a batch is told by making it: they may when compressed. They are replayed when the log has taken them. */
  #appendLarge(records: readonly CoordinatorRecord[]): void {
    const batch = this.#encode({ records })
    const { maxMessageBytes } = this.partition.log.config
    if (batch.length > maxMessageBytes) throw new CoordinatorFailure(ErrorCode.RECORD_LIST_TOO_LARGE)
    this.flush()
    const shard = this.#ready()
    const failure = this.#appendBatch(batch)
    if (failure) throw failure
    for (const record of records) shard.replay({ ...record, transaction: null })
  }

  /** Records of a transaction are a batch of their own, for the log checks its producer. They are replayed when the log has taken them. */
  #appendTransactional(
    records: readonly CoordinatorRecord[],
    { producerId, producerEpoch, verification }: VerifiedProducer,
  ): void {
    this.flush()
    const shard = this.#ready()
    const batch = this.#encode({ records, isTransactional: true, producerId, producerEpoch })
    const failure = this.#appendBatch(batch, verification)
    if (failure) throw failure
    for (const record of records) shard.replay({ ...record, transaction: { producerId, producerEpoch } })
  }

  #appendBatch(batch: Buffer, verification?: number): CoordinatorFailure | null {
    const now = this.#options.clock.now()
    const result = this.partition.append(batch, -1, { origin: 'coordinator', now, verification })
    if (result.errorCode === ErrorCode.NONE) {
      this.#lastOffset = result.lastOffset
      return null
    }
    const failure = new CoordinatorFailure(result.errorCode)
    // Refused before it was written. Records that were replayed ahead of it have to be forgotten.
    if (this.#waiting.length > 0) this.#reload(result.errorCode)
    return failure
  }

  /** Resolves when everything appended so far, and pending now, is replicated. */
  #replicated(): Promise<void> {
    const replicated = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    if (!this.#flushIsDue) {
      this.#flushIsDue = true
      this.#options.timers.endOfTurn(() => {
        this.#flushIsDue = false
        this.flush()
      })
    }
    return replicated
  }

  #settleWhenReplicated(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    this.partition.whenAcknowledged(this.#lastOffset, -1, errorCode => {
      // Replicas that were lost afterwards do not matter: the records were on all of them.
      const isReplicated = errorCode === ErrorCode.NONE || errorCode === ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND
      if (isReplicated) for (const { resolve } of waiting) resolve()
      else {
        for (const { reject } of waiting) reject(new CoordinatorFailure(errorCode))
        this.#reload(errorCode)
      }
    })
  }

  /** The state holds what the log does not: read it anew. */
  #reload(errorCode: number): void {
    if (this.#isClosed) return
    this.#options.logger.warn('a coordinator could not write and reads its log anew', {
      topic: this.partition.topic,
      partition: this.partition.index,
      errorCode,
    })
    this.#drop(errorCode)
    this.#refusal = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
    this.#loading = this.#load()
  }

  #drop(errorCode: number): void {
    const shard = this.#shard
    this.#shard = null
    this.#loads++
    this.#keyedTimers.clear()
    this.#refusal = ErrorCode.NOT_COORDINATOR
    this.#pending = []
    this.#pendingBytes = 0
    for (const { reject } of this.#waiting.splice(0)) reject(new CoordinatorFailure(errorCode))
    shard?.close(errorCode)
  }

  #encode(batch: BatchInput & { readonly records: readonly CoordinatorRecord[] }): Buffer {
    const { clock, compression } = this.#options
    const timestamp = clock.now()
    return encodeBatch({ ...batch, compression, records: batch.records.map(record => ({ ...record, timestamp })) })
  }
}

const sizeOf = ({ key, value }: CoordinatorRecord): number => key.length + (value?.length ?? 0) + RECORD_OVERHEAD_BYTES
