import type { Timer, Timers } from '../io/timers'

/** A connection, as the one who holds memory. */
export interface MemoryHolder {
  /** Bytes held for a request whose end has not arrived. */
  readonly partialBytes: number
  /** `RequestMemory.exhausted` has changed. */
  memoryChanged(): void
  /** Closes the connection, because its unfinished request keeps others from being served. */
  evict(): void
}

/** Used when `queued.max.request.bytes` is -1 (Kafka: no limit). */
const DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024
/** How long memory may be exhausted by unfinished requests before the largest of them is given up. */
const PATIENCE_MS = 5_000

/**
 * The bytes of requests that all connections together have received and not yet answered: `queued.max.request.bytes`.
 *
 * While memory is exhausted, no connection begins to read another request, but those in the middle of one go on, since a request that
 * cannot be finished never frees its memory. That alone would let slow senders keep everybody out for ever; therefore the largest
 * unfinished request is given up when unfinished requests fill most of the memory for seconds, or push it to twice the limit.
 */
export class RequestMemory {
  readonly #limitBytes: number
  readonly #timers: Timers
  readonly #holders = new Set<MemoryHolder>()
  #heldBytes = 0
  #exhausted = false
  #patience: Timer | null = null

  /** `limitBytes`: -1 for the broker's own default. */
  constructor(limitBytes: number, timers: Timers) {
    this.#limitBytes = limitBytes < 0 ? DEFAULT_LIMIT_BYTES : limitBytes
    this.#timers = timers
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** From the moment the limit is reached until a quarter of it is free again. */
  get exhausted(): boolean {
    return this.#exhausted
  }

  join(holder: MemoryHolder): void {
    this.#holders.add(holder)
  }

  leave(holder: MemoryHolder): void {
    this.#holders.delete(holder)
  }

  charge(bytes: number): void {
    this.#heldBytes += bytes
    if (!this.#exhausted && this.#heldBytes >= this.#limitBytes) {
      this.#change(true)
      this.#patience = this.#timers.after(PATIENCE_MS, this.#losePatience)
    }
    while (this.#heldBytes > 2 * this.#limitBytes && this.#evictLargest()) {}
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes
    if (this.#exhausted && this.#heldBytes < this.#limitBytes * 0.75) {
      this.#patience?.cancel()
      this.#patience = null
      this.#change(false)
    }
  }

  #change(exhausted: boolean): void {
    this.#exhausted = exhausted
    for (const holder of this.#holders) holder.memoryChanged()
  }

  readonly #losePatience = (): void => {
    let partialBytes = 0
    for (const holder of this.#holders) partialBytes += holder.partialBytes
    if (partialBytes > this.#heldBytes / 2) this.#evictLargest()
    this.#patience = this.#exhausted ? this.#timers.after(PATIENCE_MS, this.#losePatience) : null
  }

  #evictLargest(): boolean {
    let largest: MemoryHolder | null = null
    for (const holder of this.#holders) {
      if (holder.partialBytes > (largest?.partialBytes ?? 0)) largest = holder
    }
    largest?.evict()
    return largest !== null
  }
}
