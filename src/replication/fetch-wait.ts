/**
 * A fetch that waits, on the partitions themselves and never on a timer alone, until there are `minBytes` or `maxWaitMs` have passed.
 *
 * Invariants
 * - It is answered once: when there is enough, when a partition fails, when its time is over, or when it is interrupted.
 * - An error of one partition answers the whole fetch at once.
 * - With enough to read nobody waits: a change that may have brought it is looked into.
 */
import { ErrorCode } from '../../protocol/errors'
import type { Timers } from '../io/timers'
import type { Partition, PartitionWatcher } from './partition'
import {
  type FetchedPartition,
  type FetchRead,
  giveBack,
  type ReadPassOptions,
  readPartitions,
} from './partition-fetch'

export interface FetchOptions extends ReadPassOptions {
  readonly maxWaitMs: number
  readonly minBytes: number
}

/**
 * Reads, and waits when that is too little. `interrupted` hands over a function that makes it answer with what there is (the client is
 * gone, or the broker stops); it returns the one that takes this back.
 */
export const fetchPartitions = (
  reads: readonly FetchRead[],
  options: FetchOptions,
  timers: Timers,
  interrupted: (answerNow: () => void) => () => void,
): FetchedPartition[] | Promise<FetchedPartition[]> => {
  const orWait = (results: FetchedPartition[]) =>
    options.maxWaitMs <= 0 || results.length === 0 || isComplete(results, options.minBytes)
      ? results
      : new FetchWait(reads, options).outcome(results, timers, interrupted)
  const first = readPartitions(reads, options)
  return first instanceof Promise ? first.then(orWait) : orWait(first)
}

/** Whether waiting could not help any more. */
const isComplete = (results: readonly FetchedPartition[], minBytes: number): boolean => {
  let bytes = 0
  for (const result of results) {
    if (result.errorCode !== ErrorCode.NONE || result.divergingEpoch) return true
    bytes += result.sizeInBytes
  }
  return bytes >= minBytes
}

/** A partition at the last look. */
interface Sight {
  /** Where what may be read ended. */
  readonly end: number
  /** Whether there was more, which may become visible without anything being appended. */
  readonly hidMore: boolean
  readonly sizeInBytes: number
}

class FetchWait implements PartitionWatcher {
  readonly #reads: readonly FetchRead[]
  readonly #options: FetchOptions
  readonly #sights = new Map<Partition, Sight>()
  readonly #cancels: (() => void)[] = []
  #missingBytes = 0
  #isLooking = false
  #isDone = false
  #resolve: (results: FetchedPartition[] | Promise<FetchedPartition[]>) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(reads: readonly FetchRead[], options: FetchOptions) {
    this.#reads = reads
    this.#options = options
  }

  /** `seen` is too little. */
  outcome(
    seen: readonly FetchedPartition[],
    timers: Timers,
    interrupted: (answerNow: () => void) => () => void,
  ): Promise<FetchedPartition[]> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      const timer = timers.after(this.#options.maxWaitMs, () => this.#giveUp())
      this.#cancels.push(() => timer.cancel())
      this.#cancels.push(interrupted(() => this.#giveUp()))
      if (this.#isDone) return
      this.#remember(seen)
      giveBack(seen)
      for (const partition of this.#sights.keys()) partition.watch(this)
      this.#catchUp()
    })
  }

  partitionAdvanced(partition: Partition): void {
    if (!this.#isLooking && this.#mayHaveEnough(partition)) this.#look()
  }

  /** What happened since the last look, which may have taken its time, is not announced again. */
  #catchUp(): void {
    for (const partition of this.#sights.keys()) {
      if (!this.#mayHaveEnough(partition)) continue
      this.#look()
      return
    }
  }

  #mayHaveEnough(partition: Partition): boolean {
    if (partition.checkLeader(-1) !== ErrorCode.NONE) return true
    const { end, hidMore } = this.#sights.get(partition)!
    const endNow = partition.visibleEnd(this.#options.committedOnly)
    if (endNow === end) return false
    return endNow < end || hidMore || this.#missingBytes <= 1 || this.#appendedBytes() >= this.#missingBytes
  }

  /** At least what came to be visible, unless there was more than that before. */
  #appendedBytes(): number {
    let bytes = 0
    for (const [partition, { sizeInBytes }] of this.#sights)
      bytes += Math.max(0, partition.log.sizeInBytes - sizeInBytes)
    return bytes
  }

  #look(): void {
    this.#isLooking = true
    try {
      const results = readPartitions(this.#reads, this.#options)
      if (!(results instanceof Promise)) this.#looked(results)
      else results.then(found => this.#looked(found)).catch(error => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  #looked(results: FetchedPartition[]): void {
    this.#isLooking = false
    if (this.#isDone) giveBack(results)
    else if (isComplete(results, this.#options.minBytes)) {
      this.#end()
      this.#resolve(results)
    } else {
      this.#remember(results)
      giveBack(results)
      this.#catchUp()
    }
  }

  #remember(results: readonly FetchedPartition[]): void {
    this.#missingBytes = this.#options.minBytes
    for (const { partition, sizeInBytes, highWatermark, lastStableOffset } of results) {
      this.#missingBytes -= sizeInBytes
      if (!partition) continue
      const end = this.#options.committedOnly ? lastStableOffset : highWatermark
      const { log } = partition
      this.#sights.set(partition, { end, hidMore: log.nextOffset > end, sizeInBytes: log.sizeInBytes })
    }
  }

  /** Answers with what there is. */
  #giveUp(): void {
    if (this.#isDone) return
    this.#end()
    try {
      this.#resolve(readPartitions(this.#reads, this.#options))
    } catch (error) {
      this.#reject(error)
    }
  }

  #fail(error: unknown): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.#isDone = true
    for (const cancel of this.#cancels) cancel()
    for (const partition of this.#sights.keys()) partition.unwatch(this)
  }
}
