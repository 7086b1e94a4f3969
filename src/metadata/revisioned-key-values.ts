import {
  type Compare,
  type KeyRange,
  type KeyValue,
  keyRange,
  MAX_TRANSACTION_OPERATIONS,
  MetadataStoreError,
  type Operation,
  type RangeOptions,
  type RangeResult,
  type Transaction,
  type TransactionResult,
  type WatchEvent,
} from './metadata-store'

/** What one revision changed. */
export interface Revision {
  readonly revision: number
  readonly events: readonly WatchEvent[]
  /** For each event, what the key held before. */
  readonly previous: readonly (KeyValue | null)[]
}

export interface CommittedTransaction {
  readonly result: TransactionResult
  /** Null when nothing was written. */
  readonly change: Revision | null
}

const MAX_KEY_LENGTH = 1024

/**
 * The heart of the embedded stores: etcd's key space in memory, with its revisions. Synchronous and without clocks.
 *
 * Invariants: `#order` is the sorted list of the keys of `#values`; `#history` holds the revisions after `#compacted`, ascending, so every
 * state from `#compacted` to now can be read and every revision after it can be watched.
 */
export class RevisionedKeyValues {
  readonly #values = new Map<string, KeyValue>()
  readonly #order: string[]
  readonly #historyLimit: number
  #history: Revision[] = []
  #revision: number
  #compacted: number

  /** `historyLimit`: number of revisions kept for watches and for reading the past (between once and twice as many). */
  constructor(options: {
    readonly revision: number
    readonly keyValues: readonly KeyValue[]
    readonly historyLimit: number
  }) {
    for (const keyValue of options.keyValues) this.#values.set(keyValue.key, keyValue)
    this.#order = [...this.#values.keys()].sort()
    this.#revision = options.revision
    this.#compacted = options.revision
    this.#historyLimit = options.historyLimit
  }

  get revision(): number {
    return this.#revision
  }

  range(range: KeyRange, options: RangeOptions = {}): RangeResult {
    const { revision = this.#revision, limit = Number.POSITIVE_INFINITY } = options
    if (revision > this.#revision) {
      throw new MetadataStoreError(
        'FUTURE_REVISION',
        `revision ${revision} is after the current one, ${this.#revision}`,
      )
    }
    if (revision < this.#compacted) throw compacted(revision, this.#compacted)
    const found = revision === this.#revision ? this.#slice(range, limit + 1) : this.#past(range, revision)
    return { keyValues: found.slice(0, limit), more: found.length > limit, revision: this.#revision }
  }

  /** The kept revisions from `fromRevision` on. Throws COMPACTED when some are missing. */
  since(fromRevision: number): readonly Revision[] {
    if (fromRevision <= this.#compacted) throw compacted(fromRevision, this.#compacted)
    return this.#history.filter(step => step.revision >= fromRevision)
  }

  /** Forgets what came before the state of `revision`. */
  compact(revision: number): void {
    this.#history = this.#history.filter(step => step.revision > revision)
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision))
  }

  /** Deletes the keys of a lease; null when it has none. */
  deleteKeysOf(leaseId: string): Revision | null {
    const keys = this.#order.filter(key => this.#values.get(key)!.leaseId === leaseId)
    return this.#apply(keys.map(key => ({ type: 'delete', range: keyRange(key) }))).change
  }

  /** Throws INVALID and LEASE_NOT_FOUND before anything is changed. */
  commit(transaction: Transaction, leaseExists: (leaseId: string) => boolean): CommittedTransaction {
    check(transaction, leaseExists)
    const succeeded = transaction.compares.every(compare => this.#holds(compare))
    const { ranges, change } = this.#apply(succeeded ? transaction.success : (transaction.failure ?? []))
    return { result: { succeeded, revision: this.#revision, ranges }, change }
  }

  #apply(operations: readonly Operation[]): { ranges: (readonly KeyValue[])[]; change: Revision | null } {
    const events: WatchEvent[] = []
    const previous: (KeyValue | null)[] = []
    const ranges = operations.map(operation => this.#run(operation, events, previous))
    const change = events.length === 0 ? null : { revision: this.#revision + 1, events, previous }
    if (change !== null) this.#advance(change)
    return { ranges, change }
  }

  #run(operation: Operation, events: WatchEvent[], previous: (KeyValue | null)[]): readonly KeyValue[] {
    switch (operation.type) {
      case 'range':
        return this.#slice(operation.range, operation.limit ?? Number.POSITIVE_INFINITY)
      case 'put': {
        const before = this.#values.get(operation.key) ?? null
        const keyValue = this.#put(operation, before)
        events.push({ type: 'put', key: keyValue.key, keyValue })
        previous.push(before)
        return []
      }
      case 'delete':
        for (const keyValue of this.#remove(operation.range)) {
          events.push({ type: 'delete', key: keyValue.key, modRevision: this.#revision + 1 })
          previous.push(keyValue)
        }
        return []
    }
  }

  #put(operation: Extract<Operation, { type: 'put' }>, before: KeyValue | null): KeyValue {
    const revision = this.#revision + 1
    const keyValue: KeyValue = {
      key: operation.key,
      value: operation.value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      leaseId: operation.leaseId ?? null,
    }
    if (before === null) this.#order.splice(this.#position(keyValue.key), 0, keyValue.key)
    this.#values.set(keyValue.key, keyValue)
    return keyValue
  }

  #remove(range: KeyRange): KeyValue[] {
    const from = this.#position(range.start)
    const keys = this.#order.splice(from, this.#position(range.end) - from)
    const removed = keys.map(key => this.#values.get(key)!)
    for (const key of keys) this.#values.delete(key)
    return removed
  }

  #advance(change: Revision): void {
    this.#revision = change.revision
    this.#history.push(change)
    if (this.#history.length >= 2 * this.#historyLimit) this.compact(this.#revision - this.#historyLimit)
  }

  #slice(range: KeyRange, limit: number): KeyValue[] {
    const from = this.#position(range.start)
    const to = Math.min(this.#position(range.end), from + limit)
    return this.#order.slice(from, to).map(key => this.#values.get(key)!)
  }

  /** Takes back, newest first, what happened in the range after `revision`. */
  #past(range: KeyRange, revision: number): KeyValue[] {
    const state = new Map(this.#slice(range, Number.POSITIVE_INFINITY).map(keyValue => [keyValue.key, keyValue]))
    for (const step of this.#history.toReversed()) {
      if (step.revision <= revision) break
      for (const [index, event] of step.events.entries()) {
        if (!isInRange(event.key, range)) continue
        const before = step.previous[index] ?? null
        if (before === null) state.delete(event.key)
        else state.set(event.key, before)
      }
    }
    return [...state.values()].sort((left, right) => (left.key < right.key ? -1 : 1))
  }

  #holds(compare: Compare): boolean {
    const actual = this.#values.get(compare.key)?.[compare.target] ?? 0
    switch (compare.relation) {
      case 'equal':
        return actual === compare.value
      case 'notEqual':
        return actual !== compare.value
      case 'greater':
        return actual > compare.value
      case 'less':
        return actual < compare.value
    }
  }

  /** Index of the first key that is not below `key`. */
  #position(key: string): number {
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#order[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

export const isInRange = (key: string, range: KeyRange): boolean => key >= range.start && key < range.end

const compacted = (revision: number, since: number): MetadataStoreError =>
  new MetadataStoreError('COMPACTED', `revision ${revision} is no longer kept, the oldest is ${since}`)

const check = (transaction: Transaction, leaseExists: (leaseId: string) => boolean): void => {
  const { compares, success, failure = [] } = transaction
  if (Math.max(compares.length, success.length, failure.length) > MAX_TRANSACTION_OPERATIONS) {
    throw new MetadataStoreError('INVALID', `a transaction has at most ${MAX_TRANSACTION_OPERATIONS} operations`)
  }
  for (const operations of [success, failure]) checkOperations(operations, leaseExists)
}

const checkOperations = (operations: readonly Operation[], leaseExists: (leaseId: string) => boolean): void => {
  const keys = new Set<string>()
  for (const operation of operations) {
    if (operation.type !== 'put') continue
    if (!isValidKey(operation.key)) {
      throw new MetadataStoreError('INVALID', 'a key is 1 to 1024 printable ASCII characters')
    }
    if (keys.has(operation.key)) throw new MetadataStoreError('INVALID', `a transaction puts ${operation.key} twice`)
    keys.add(operation.key)
    if (operation.leaseId !== undefined && !leaseExists(operation.leaseId)) {
      throw new MetadataStoreError('LEASE_NOT_FOUND', `there is no lease ${operation.leaseId}`)
    }
  }
  for (const operation of operations) {
    if (operation.type !== 'delete') continue
    for (const key of keys) {
      if (!isInRange(key, operation.range)) continue
      throw new MetadataStoreError('INVALID', `a transaction puts and deletes ${key}`)
    }
  }
}

const isValidKey = (key: string): boolean => key.length <= MAX_KEY_LENGTH && /^[\x20-\x7e]+$/.test(key)
