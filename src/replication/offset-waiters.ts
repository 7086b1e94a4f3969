/** Calls back once an offset has been passed, or with an error code when it will not be. */
export type OffsetCallback = (errorCode: number) => void

interface Waiter {
  readonly offset: number
  callback: OffsetCallback | null
}

/**
 * Those who wait until a moving offset (log end offset, high watermark) has passed theirs.
 *
 * Invariant: waiters are sorted by offset, so an advance touches only those that it completes. Appends come in order; only the
 * duplicate of an idempotent producer waits for an offset below the newest.
 */
export class OffsetWaiters {
  #waiters: Waiter[] = []
  #head = 0

  get size(): number {
    return this.#waiters.length - this.#head
  }

  /** Returns a function that gives the wait up; its callback is then never called. */
  add(offset: number, callback: OffsetCallback): () => void {
    const waiter: Waiter = { offset, callback }
    let at = this.#waiters.length
    while (at > this.#head && this.#waiters[at - 1]!.offset > offset) at--
    if (at === this.#waiters.length) this.#waiters.push(waiter)
    else this.#waiters.splice(at, 0, waiter)
    return () => {
      waiter.callback = null
    }
  }

  /** Completes all that wait for offsets below `limit`. */
  advance(limit: number, errorCode: number): void {
    while (this.#head < this.#waiters.length && this.#waiters[this.#head]!.offset < limit) {
      const waiter = this.#waiters[this.#head++]!
      waiter.callback?.(errorCode)
    }
    this.#compact()
  }

  /** Ends every wait with an error. */
  fail(errorCode: number): void {
    const waiters = this.#waiters.slice(this.#head)
    this.#waiters = []
    this.#head = 0
    for (const waiter of waiters) waiter.callback?.(errorCode)
  }

  #compact(): void {
    if (this.#head === this.#waiters.length) {
      this.#waiters.length = 0
      this.#head = 0
    } else if (this.#head > 1024) {
      this.#waiters.splice(0, this.#head)
      this.#head = 0
    }
  }
}
