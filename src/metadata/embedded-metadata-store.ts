import type { Timers } from '../io/timers'
import { EmbeddedWatch } from './embedded-watch'
import { Leases } from './leases'
import {
  type KeyRange,
  type KeyValue,
  type Lease,
  type MetadataStore,
  MetadataStoreError,
  type RangeOptions,
  type RangeResult,
  type Transaction,
  type TransactionResult,
  type Watch,
  type WatchOptions,
} from './metadata-store'
import { type Revision, RevisionedKeyValues } from './revisioned-key-values'

/** Where an embedded store keeps its content beyond the life of the process. */
export interface Journal {
  /** Makes revisions durable, all or none, before it returns; throws when that fails. */
  write(revisions: readonly Revision[]): void
  close(): Promise<void>
}

export interface EmbeddedContent {
  readonly revision: number
  readonly keyValues: readonly KeyValue[]
}

export interface EmbeddedOptions {
  readonly timers: Timers
  /** Revisions kept in memory for watches that start in the past; 1024 by default. */
  readonly historyLimit?: number
}

interface Pending {
  readonly transaction: Transaction
  readonly resolve: (result: TransactionResult) => void
  readonly reject: (error: MetadataStoreError) => void
}

const HISTORY_LIMIT = 1024

/**
 * A store inside this process, shared by all brokers of it. Transactions that come in one turn are evaluated one after the other, written
 * to the journal together, and answered after that. When the journal fails, memory is ahead of the disk: the store then answers nothing
 * any more.
 */
export class EmbeddedMetadataStore implements MetadataStore {
  readonly #content: RevisionedKeyValues
  readonly #journal: Journal
  readonly #leases: Leases
  readonly #watches = new Set<EmbeddedWatch>()
  #pending: Pending[] = []
  #ended: MetadataStoreError | null = null

  /** Keys of leases in `content` are deleted at once: an embedded lease does not outlive the process that granted it. */
  protected constructor(options: EmbeddedOptions, content: EmbeddedContent, journal: Journal) {
    const { historyLimit = HISTORY_LIMIT } = options
    this.#content = new RevisionedKeyValues({ ...content, historyLimit })
    this.#journal = journal
    this.#leases = new Leases(options.timers, leaseId => this.#deleteKeysOf(leaseId))
    const leaseIds = new Set(content.keyValues.map(keyValue => keyValue.leaseId))
    for (const leaseId of leaseIds) if (leaseId !== null) this.#deleteKeysOf(leaseId)
  }

  async range(range: KeyRange, options?: RangeOptions): Promise<RangeResult> {
    this.#refuseWhenEnded()
    return this.#content.range(range, options)
  }

  async transaction(transaction: Transaction): Promise<TransactionResult> {
    this.#refuseWhenEnded()
    return new Promise((resolve, reject) => {
      if (this.#pending.push({ transaction, resolve, reject }) === 1) queueMicrotask(() => this.#commitPending())
    })
  }

  async grantLease(timeToLiveMs: number): Promise<Lease> {
    this.#refuseWhenEnded()
    return { id: this.#leases.grant(timeToLiveMs), timeToLiveMs }
  }

  async keepAlive(leaseId: string): Promise<boolean> {
    this.#refuseWhenEnded()
    return this.#leases.keepAlive(leaseId)
  }

  async revokeLease(leaseId: string): Promise<void> {
    this.#refuseWhenEnded()
    if (this.#leases.end(leaseId)) this.#deleteKeysOf(leaseId)
  }

  watch(options: WatchOptions): Watch {
    const watch = new EmbeddedWatch(options, closed => this.#watches.delete(closed))
    this.#watches.add(watch)
    try {
      this.#refuseWhenEnded()
      watch.push(this.#content.since(options.fromRevision))
    } catch (error) {
      if (!(error instanceof MetadataStoreError)) throw error
      watch.fail(error)
    }
    return watch
  }

  /** Forgets the history before `revision`, as etcd's compaction does. */
  compact(revision: number): void {
    this.#content.compact(revision)
  }

  async close(): Promise<void> {
    if (this.#ended !== null) return
    this.#commitPending()
    this.#end(new MetadataStoreError('CLOSED', 'the metadata store was closed'))
    await this.#journal.close()
  }

  #commitPending(): void {
    const pending = this.#pending
    this.#pending = []
    const ended = this.#ended
    if (ended !== null) {
      for (const { reject } of pending) reject(ended)
      return
    }
    const done = pending.flatMap(({ transaction, resolve, reject }) => {
      try {
        const committed = this.#content.commit(transaction, leaseId => this.#leases.has(leaseId))
        return [{ committed, resolve, reject }]
      } catch (error) {
        if (!(error instanceof MetadataStoreError)) throw error
        reject(error)
        return []
      }
    })
    const failure = this.#publish(done.flatMap(({ committed }) => committed.change ?? []))
    for (const { committed, resolve, reject } of done) {
      if (failure === null) resolve(committed.result)
      else reject(failure)
    }
  }

  /** Writes to the journal, then tells the watches; the error when the journal failed. */
  #publish(revisions: readonly Revision[]): MetadataStoreError | null {
    if (revisions.length === 0) return null
    try {
      this.#journal.write(revisions)
    } catch (cause) {
      this.#end(new MetadataStoreError('UNAVAILABLE', 'the metadata store failed to write', { cause }))
      return new MetadataStoreError('UNKNOWN_OUTCOME', 'the metadata store failed to write', { cause })
    }
    for (const watch of this.#watches) watch.push(revisions)
    return null
  }

  #deleteKeysOf(leaseId: string): void {
    const change = this.#content.deleteKeysOf(leaseId)
    if (change !== null) this.#publish([change])
  }

  #end(error: MetadataStoreError): void {
    this.#ended = error
    this.#leases.close()
    for (const watch of this.#watches) watch.fail(error)
  }

  #refuseWhenEnded(): void {
    if (this.#ended !== null) throw this.#ended
  }
}
