import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import { ClusterImage } from './cluster-image'
import { ImageDraft, type ImageStep } from './image-draft'
import type { MetadataDelta, MetadataImage } from './metadata-image'
import type { MetadataKeys } from './metadata-keys'
import { type KeyValue, type MetadataStore, MetadataStoreError, type Watch, type WatchEvent } from './metadata-store'

export type MetadataListener = (image: MetadataImage, delta: MetadataDelta) => void

export interface MetadataCacheOptions {
  readonly store: MetadataStore
  readonly keys: MetadataKeys
  readonly clusterId: string
  readonly timers: Timers
  readonly logger: Logger
  /** The cache cannot go on: the store holds something this version cannot read, or was closed. The broker has to stop. */
  readonly onFailure: (error: Error) => void
}

interface Waiter {
  readonly revision: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Keys per request when listing: far below the limits of a gRPC message. */
const PAGE_SIZE = 2000
const RETRY_DELAY_MS = 500

/**
 * Follows the store: lists it at one revision, watches it from the next one on, and makes one image per revision. Revisions that are in the
 * image already are passed over; when the store no longer has the next one, the list is taken anew and compared with the image.
 */
export class MetadataCache {
  readonly #options: MetadataCacheOptions
  readonly #listeners = new Set<MetadataListener>()
  #image: ClusterImage
  #watch: Watch | null = null
  #waiters: Waiter[] = []
  #failure: Error | null = null

  private constructor(options: MetadataCacheOptions) {
    this.#options = options
    this.#image = ClusterImage.empty(options.clusterId)
  }

  /** Resolves when the first image is there; rejects with `MetadataStoreError` or `UnreadableMetadata`. */
  static async start(options: MetadataCacheOptions): Promise<MetadataCache> {
    const cache = new MetadataCache(options)
    await cache.#list()
    cache.#follow()
    return cache
  }

  /** The newest image. Take it once per request and stay with it. */
  get current(): MetadataImage {
    return this.#image
  }

  /** Calls `listener` after each change, in order; `current` is the new image already. Returns the way to stop that. */
  onChange(listener: MetadataListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when `current` is at `revision` or later and all listeners have been called; rejects when the cache was closed or failed. */
  reached(revision: number): Promise<void> {
    if (this.#image.revision >= revision) return Promise.resolve()
    if (this.#failure !== null) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => this.#waiters.push({ revision, resolve, reject }))
  }

  close(): void {
    this.#stop(new MetadataStoreError('CLOSED', 'the metadata cache was closed'))
  }

  async #list(): Promise<void> {
    const { store, keys } = this.#options
    const first = await store.range(keys.all, { limit: PAGE_SIZE })
    const keyValues: KeyValue[] = [...first.keyValues]
    for (let more = first.more; more; ) {
      const range = { ...keys.all, start: `${keyValues.at(-1)!.key}\0` }
      const page = await store.range(range, { limit: PAGE_SIZE, revision: first.revision })
      keyValues.push(...page.keyValues)
      more = page.more
    }
    if (this.#failure !== null) return
    const draft = ImageDraft.replacing(this.#image, keys)
    for (const keyValue of keyValues) draft.apply({ type: 'put', key: keyValue.key, keyValue })
    this.#install(draft.finish(first.revision))
  }

  #follow(): void {
    if (this.#failure !== null) return
    const { store, keys } = this.#options
    this.#watch = store.watch({
      range: keys.all,
      fromRevision: this.#image.revision + 1,
      onRevision: (revision, events) => this.#onRevision(revision, events),
      onEnd: error => this.#onWatchEnd(error),
    })
  }

  #onRevision(revision: number, events: readonly WatchEvent[]): void {
    if (revision <= this.#image.revision || this.#failure !== null) return
    try {
      const draft = ImageDraft.following(this.#image, this.#options.keys)
      for (const event of events) draft.apply(event)
      this.#install(draft.finish(revision))
    } catch (error) {
      this.#fail(error)
    }
  }

  #onWatchEnd(error: MetadataStoreError): void {
    if (error.code === 'CLOSED') {
      this.#fail(error)
      return
    }
    this.#options.logger.warn('The watch on the metadata store ended and is resumed', { code: error.code, error })
    if (error.code === 'COMPACTED') this.#listAgain()
    else this.#options.timers.after(RETRY_DELAY_MS, () => this.#follow())
  }

  #listAgain(): void {
    if (this.#failure !== null) return
    this.#list().then(
      () => this.#follow(),
      (error: unknown) => {
        if (!(error instanceof MetadataStoreError) || error.code === 'CLOSED') return this.#fail(error)
        this.#options.logger.warn('The metadata store could not be listed', { code: error.code, error })
        this.#options.timers.after(RETRY_DELAY_MS, () => this.#listAgain())
      },
    )
  }

  #install({ image, delta }: ImageStep): void {
    this.#image = image
    if (hasChanges(delta)) for (const listener of this.#listeners) listener(image, delta)
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) {
      if (waiter.revision <= image.revision) waiter.resolve()
      else this.#waiters.push(waiter)
    }
  }

  #fail(cause: unknown): void {
    if (this.#failure !== null) return
    const error = cause instanceof Error ? cause : new Error(String(cause))
    this.#stop(error)
    this.#options.onFailure(error)
  }

  #stop(error: Error): void {
    this.#failure ??= error
    this.#watch?.close()
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(error)
  }
}

const hasChanges = (delta: MetadataDelta): boolean =>
  delta.topics.length > 0 || delta.brokers.length > 0 || delta.configs.length > 0 || delta.controllerChanged
