import type { MetadataDelta, MetadataImage } from './metadata-image'

export type MetadataListener = (image: MetadataImage, delta: MetadataDelta) => void

/** Follows the store: one image per revision, on this broker. */
export declare class MetadataCache {
  /** The newest image. Take it once per request and stay with it. */
  get current(): MetadataImage
  /** Calls `listener` after each change, in order; `current` is the new image already. Returns the way to stop that. */
  onChange(listener: MetadataListener): () => void
  /** Resolves when `current` is at `revision` or later and all listeners have been called; rejects when the cache is closed. */
  reached(revision: number): Promise<void>
  close(): void
}
