/** What is known of one transactional id (Kafka: TransactionMetadata). Values are never changed, only replaced. */
import type { ProducerIdAndEpoch } from '../coordinator-shard'

/** States as numbered in the log (Kafka: TransactionState). */
export const TransactionState = {
  Empty: 0,
  Ongoing: 1,
  PrepareCommit: 2,
  PrepareAbort: 3,
  CompleteCommit: 4,
  CompleteAbort: 5,
  Dead: 6,
  PrepareEpochFence: 7,
} as const

export type TransactionStateName = keyof typeof TransactionState
export type TransactionStateId = (typeof TransactionState)[TransactionStateName]

const NAMES = Object.keys(TransactionState) as TransactionStateName[]

/** The name that clients see. */
export const stateName = (state: TransactionStateId): TransactionStateName => NAMES[state]!

/** Undefined when `name` is no state. */
export const stateNamed = (name: string): TransactionStateId | undefined =>
  Object.hasOwn(TransactionState, name) ? TransactionState[name as TransactionStateName] : undefined

/** Partition numbers by topic. */
export type TransactionPartitions = ReadonlyMap<string, ReadonlySet<number>>

export const NO_PARTITIONS: TransactionPartitions = new Map()
/** Of a producer id or a time that does not exist. */
export const NONE = -1
/** The producer's epoch is used up one below the largest int16: the last one is left for fencing. */
export const LAST_CLIENT_EPOCH = 2 ** 15 - 2

/** Which transactions a client uses: 0 is before KIP-890, 2 bumps the epoch with every transaction and adds partitions by producing. */
export type TransactionVersion = 0 | 2

export interface TransactionMetadata extends ProducerIdAndEpoch {
  readonly transactionalId: string
  /** The id before the last change of this record; -1 when there was none. */
  readonly previousProducerId: number
  /** The id that takes over when the transaction is complete, because epochs are used up; -1 otherwise. */
  readonly nextProducerId: number
  readonly timeoutMs: number
  readonly state: TransactionStateId
  /** In the transaction; empty unless it is ongoing or about to end. */
  readonly partitions: TransactionPartitions
  /** Wall-clock milliseconds of the last change. */
  readonly updatedAt: number
  /** Wall-clock milliseconds at which the last transaction began; -1 before the first. */
  readonly startedAt: number
  readonly clientVersion: number
}

export const isEpochExhausted = (epoch: number): boolean => epoch >= LAST_CLIENT_EPOCH

/** The end of the transaction is decided, but not yet in all of its partitions. */
export const isEnding = ({ state }: TransactionMetadata): boolean =>
  state === TransactionState.PrepareCommit || state === TransactionState.PrepareAbort

export const containsPartition = (partitions: TransactionPartitions, topic: string, partition: number): boolean =>
  partitions.get(topic)?.has(partition) ?? false

/** Both together; `present` itself when there is nothing new. */
export const withPartitions = (present: TransactionPartitions, added: TransactionPartitions): TransactionPartitions => {
  let all: Map<string, ReadonlySet<number>> | null = null
  for (const [topic, partitions] of added) {
    const known = present.get(topic)
    if (known && [...partitions].every(partition => known.has(partition))) continue
    all ??= new Map(present)
    all.set(topic, new Set([...(known ?? []), ...partitions]))
  }
  return all ?? present
}
