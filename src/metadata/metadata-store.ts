/**
 * Where a cluster keeps what all its brokers must agree on. The semantics are etcd's, so that etcd is one adapter and the embedded
 * stores are others: one revision counter for the whole store, every write transaction gets the next revision, all its writes share it.
 *
 * Keys are printable ASCII, so that their order as strings is their order as bytes. Values are text.
 * Every promise rejects with `MetadataStoreError` and nothing else; a compare that does not hold is a value, not an error.
 */
export interface MetadataStore {
  /** The keys of a range in ascending order: as of now (linearizable), or as of an earlier revision. */
  range(range: KeyRange, options?: RangeOptions): Promise<RangeResult>
  /** Evaluates all compares and runs one of both lists of operations, atomically. */
  transaction(transaction: Transaction): Promise<TransactionResult>
  /** Makes a lease: the keys put under it are deleted when it has not been kept alive for its time to live, or is revoked. */
  grantLease(timeToLiveMs: number): Promise<Lease>
  /** Starts the time to live anew. False: the lease has expired or was revoked, and so are its keys. */
  keepAlive(leaseId: string): Promise<boolean>
  /** Ends a lease and deletes its keys in one revision; nothing happens when it is gone already. */
  revokeLease(leaseId: string): Promise<void>
  /** Follows a range from a revision on. */
  watch(options: WatchOptions): Watch
  /** Ends watches and leases of this store; later calls reject with CLOSED. */
  close(): Promise<void>
}

/** The keys from `start` (included) to `end` (excluded), in the order of their bytes. */
export interface KeyRange {
  readonly start: string
  readonly end: string
}

/** The range that holds one key. */
export const keyRange = (key: string): KeyRange => ({ start: key, end: `${key}\0` })

/** The range of all keys that begin with `prefix`, which must not be empty. */
export const prefixRange = (prefix: string): KeyRange => ({
  start: prefix,
  end: prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1),
})

export interface KeyValue {
  readonly key: string
  readonly value: string
  /** The revision that created the key; a deleted and created key has a new one. */
  readonly createRevision: number
  /** The revision of the last put. */
  readonly modRevision: number
  /** Number of puts since the creation, from 1. */
  readonly version: number
  readonly leaseId: string | null
}

export interface RangeOptions {
  /** Read the state right after this revision; rejects with COMPACTED when it is too old, FUTURE_REVISION when it is not there yet. */
  readonly revision?: number
  /** At most this many keys; none by default. */
  readonly limit?: number
}

export interface RangeResult {
  readonly keyValues: readonly KeyValue[]
  /** True when `limit` cut the answer short. */
  readonly more: boolean
  /** The store's revision when the answer was made (not the revision asked for). */
  readonly revision: number
}

/** What is compared is 0 for a key that does not exist. */
export interface Compare {
  readonly key: string
  readonly target: 'version' | 'createRevision' | 'modRevision'
  readonly relation: 'equal' | 'notEqual' | 'greater' | 'less'
  readonly value: number
}

export const isAbsent = (key: string): Compare => ({ key, target: 'createRevision', relation: 'equal', value: 0 })

/** The key exists and has lived without a break since the revision. */
export const isCreatedAt = (key: string, createRevision: number): Compare => ({
  key,
  target: 'createRevision',
  relation: 'equal',
  value: createRevision,
})

/** Nobody has put or deleted the key since the revision. */
export const isUnchangedSince = (key: string, modRevision: number): Compare => ({
  key,
  target: 'modRevision',
  relation: 'equal',
  value: modRevision,
})

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly leaseId?: string }
  | { readonly type: 'delete'; readonly range: KeyRange }
  | { readonly type: 'range'; readonly range: KeyRange; readonly limit?: number }

/** etcd's default limit for each of the three lists of a transaction; the embedded stores keep to it as well. */
export const MAX_TRANSACTION_OPERATIONS = 128

/** Each list has at most `MAX_TRANSACTION_OPERATIONS` entries; a key is put at most once. */
export interface Transaction {
  /** All must hold; none: always holds. */
  readonly compares: readonly Compare[]
  readonly success: readonly Operation[]
  readonly failure?: readonly Operation[]
}

export interface TransactionResult {
  readonly succeeded: boolean
  /** The revision of this transaction when it wrote something, the current one otherwise. */
  readonly revision: number
  /** For each operation of the list that ran: what a range found (empty for puts and deletes). Later operations see earlier ones. */
  readonly ranges: readonly (readonly KeyValue[])[]
}

export interface Lease {
  readonly id: string
  /** May be longer than what was asked for. */
  readonly timeToLiveMs: number
}

export type WatchEvent =
  | { readonly type: 'put'; readonly key: string; readonly keyValue: KeyValue }
  | { readonly type: 'delete'; readonly key: string; readonly modRevision: number }

export interface WatchOptions {
  readonly range: KeyRange
  /** The first revision to deliver. */
  readonly fromRevision: number
  /**
   * Gets whole revisions in ascending order, never inside a call into the store. No events: nothing happened in the range up to this
   * revision; who waits for a revision relies on hearing of it soon, whether it concerns the range or not. A store that had to resume may
   * deliver a revision twice.
   */
  onRevision(revision: number, events: readonly WatchEvent[]): void
  /** Once, when the watch ended by itself: COMPACTED (list again, then watch from there), UNAVAILABLE, or CLOSED. */
  onEnd(error: MetadataStoreError): void
}

export interface Watch {
  /** No event is delivered after this. */
  close(): void
}

export type MetadataStoreErrorCode =
  /** The revision asked for is no longer kept. */
  | 'COMPACTED'
  /** The revision asked for does not exist yet. */
  | 'FUTURE_REVISION'
  /** The lease of a put is gone; nothing was written. */
  | 'LEASE_NOT_FOUND'
  /** The store could not be reached; nothing was written. */
  | 'UNAVAILABLE'
  /** No answer came: a write may have happened or may still happen. */
  | 'UNKNOWN_OUTCOME'
  /** The request breaks a rule of the port (too many operations, a key put twice, a key that is not ASCII). */
  | 'INVALID'
  /** The store was closed. */
  | 'CLOSED'

export class MetadataStoreError extends Error {
  override readonly name = 'MetadataStoreError'
  readonly code: MetadataStoreErrorCode
  constructor(code: MetadataStoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
