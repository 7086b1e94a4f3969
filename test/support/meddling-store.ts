import {
  type MetadataStore,
  MetadataStoreError,
  type Transaction,
  type WatchEvent,
} from '../../src/metadata/metadata-store'

export type Fate = 'fine' | 'lost request' | 'lost answer'

/** Passes everything on to a store, and lets a test stand in between. */
export class MeddlingStore implements MetadataStore {
  readonly #store: MetadataStore
  readonly #ends = new Set<(error: MetadataStoreError) => void>()
  /** What every `range` fails with. */
  rangeFailure: MetadataStoreError | null = null
  /** What every `keepAlive` fails with. */
  keepAliveFailure: MetadataStoreError | null = null
  /** Watches hear nothing. */
  isDeaf = false
  /** Decides about each transaction: it may be late, never arrive, or its answer may get lost. */
  fate: (transaction: Transaction) => Fate | Promise<Fate> = () => 'fine'

  constructor(store: MetadataStore) {
    this.#store = store
  }

  range: MetadataStore['range'] = async (range, options) => {
    if (this.rangeFailure !== null) throw this.rangeFailure
    return this.#store.range(range, options)
  }

  transaction: MetadataStore['transaction'] = async transaction => {
    const fate = await this.fate(transaction)
    if (fate === 'fine') return this.#store.transaction(transaction)
    if (fate === 'lost answer') await this.#store.transaction(transaction)
    throw new MetadataStoreError('UNKNOWN_OUTCOME', `a ${fate}`)
  }

  grantLease: MetadataStore['grantLease'] = timeToLiveMs => this.#store.grantLease(timeToLiveMs)

  keepAlive: MetadataStore['keepAlive'] = async leaseId => {
    if (this.keepAliveFailure !== null) throw this.keepAliveFailure
    return this.#store.keepAlive(leaseId)
  }

  revokeLease: MetadataStore['revokeLease'] = leaseId => this.#store.revokeLease(leaseId)

  watch: MetadataStore['watch'] = options => {
    const onRevision = (revision: number, events: readonly WatchEvent[]) => {
      if (!this.isDeaf) options.onRevision(revision, events)
    }
    const watch = this.#store.watch({ ...options, onRevision })
    this.#ends.add(error => {
      watch.close()
      options.onEnd(error)
    })
    return watch
  }

  close: MetadataStore['close'] = () => this.#store.close()

  /** Ends all watches that were begun since the last call. */
  endWatches(code: 'UNAVAILABLE' | 'COMPACTED'): void {
    const ends = [...this.#ends]
    this.#ends.clear()
    for (const end of ends) end(new MetadataStoreError(code, 'ended by a test'))
  }
}

/** A fate for the first transaction only that puts a key which contains `part`. */
export const once = (part: string, fate: 'lost request' | 'lost answer'): MeddlingStore['fate'] => {
  let isOver = false
  return ({ success }) => {
    if (isOver || !success.some(operation => operation.type === 'put' && operation.key.includes(part))) return 'fine'
    isOver = true
    return fate
  }
}
