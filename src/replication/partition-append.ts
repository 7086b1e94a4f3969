/**
 * One produce request over several partitions: appends in the order given, before anything is awaited, and answers when each
 * partition has the acknowledgement that was asked for, has failed, or the time is up.
 */
import { ErrorCode } from '../../protocol/errors'
import type { Timer, Timers } from '../io/timers'
import type { AppendResult } from '../log/log-append'
import type { Acks, Partition } from './partition'

export interface PartitionAppend {
  readonly partition: Partition
  readonly records: Buffer
}

export interface AcknowledgementOptions {
  readonly acks: Acks
  /** Limits how long acks -1 waits for replicas: REQUEST_TIMED_OUT then, although the records stay in the log. */
  readonly timeoutMs: number
  readonly timers: Timers
}

/**
 * `now` is the wall clock, for timestamps; `verification` as in `AppendOptions`. With acks 0 nobody is answered, but while the disk has
 * not yet taken what was appended before, the write is waited for as with acks 1: requests in work hold back whoever is faster than the disk.
 */
export const appendToPartitions = (
  appends: readonly PartitionAppend[],
  options: AcknowledgementOptions & { readonly now: number; readonly verification: number | undefined },
): AppendResult[] | Promise<AppendResult[]> => {
  const { acks, now, verification } = options
  const results = appends.map(({ partition, records }) =>
    partition.append(records, acks, { origin: 'client', now, verification }),
  )
  return acknowledged(appends, results, options)
}

/** The results of appends, changed into failures where the acknowledgement that was asked for does not come. */
export const acknowledged = (
  appends: readonly PartitionAppend[],
  results: AppendResult[],
  options: AcknowledgementOptions,
): AppendResult[] | Promise<AppendResult[]> => {
  const { acks } = options
  if (acks === 0 && !appends.some(({ partition }) => partition.log.isWriting)) return results
  if (results.every(result => result.errorCode !== ErrorCode.NONE)) return results
  return new Promise(resolve => new PendingAppend(appends, results, options, resolve).begin())
}

class PendingAppend {
  readonly #appends: readonly PartitionAppend[]
  readonly #results: AppendResult[]
  readonly #acks: Acks
  readonly #timeoutMs: number
  readonly #timers: Timers
  readonly #resolve: (results: AppendResult[]) => void
  readonly #giveUps: (() => void)[] = []
  #waiting: Set<number> = new Set()
  #timer: Timer | null = null

  constructor(
    appends: readonly PartitionAppend[],
    results: AppendResult[],
    options: AcknowledgementOptions,
    resolve: (results: AppendResult[]) => void,
  ) {
    this.#appends = appends
    this.#results = results
    this.#acks = options.acks
    this.#timeoutMs = options.timeoutMs
    this.#timers = options.timers
    this.#resolve = resolve
  }

  begin(): void {
    for (const [at, result] of this.#results.entries()) if (result.errorCode === ErrorCode.NONE) this.#waiting.add(at)
    for (const at of [...this.#waiting]) {
      const { partition } = this.#appends[at]!
      const { lastOffset } = this.#results[at]!
      this.#giveUps.push(
        partition.whenAcknowledged(lastOffset, this.#acks, errorCode => this.#acknowledged(at, errorCode)),
      )
    }
    if (this.#waiting.size === 0) return
    if (this.#acks === -1) this.#timer = this.#timers.after(this.#timeoutMs, () => this.#timedOut())
  }

  #acknowledged(at: number, errorCode: number): void {
    this.#waiting.delete(at)
    if (errorCode !== ErrorCode.NONE) this.#results[at] = { ...this.#results[at]!, errorCode }
    if (this.#waiting.size > 0) return
    this.#timer?.cancel()
    this.#resolve(this.#results)
  }

  #timedOut(): void {
    for (const giveUp of this.#giveUps) giveUp()
    for (const at of [...this.#waiting]) this.#acknowledged(at, ErrorCode.REQUEST_TIMED_OUT)
  }
}
