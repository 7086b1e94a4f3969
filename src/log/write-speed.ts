/** A write that takes longer than this plus its bytes at the rate below would have been better off in the thread pool. */
const SLOW_MS = 5
const SLOW_BYTES_PER_MS = 100_000
/** Larger groups go to the thread pool at once: copying them into the page cache takes a while on any disk. */
const SYNC_BYTES_MAX = 1024 * 1024
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Whether a write should be made in the event loop. That is several times cheaper than through the thread pool as long as the page cache
 * takes the bytes at once, but a throttled disk would hold everything up. After a slow write the thread pool is used for a pause, which
 * doubles while slow ones go on.
 */
export class WriteSpeed {
  readonly #onMeasured: (milliseconds: number) => void
  #pauseMs = FIRST_PAUSE_MS
  #asyncUntil = Number.NEGATIVE_INFINITY

  /** `onMeasured` is told how long each write took. */
  constructor(onMeasured: (milliseconds: number) => void = () => {}) {
    this.#onMeasured = onMeasured
  }

  /** `now` is monotonic, in milliseconds. */
  isSyncBetter(bytes: number, now: number): boolean {
    return bytes <= SYNC_BYTES_MAX && now >= this.#asyncUntil
  }

  /** A write of a group took from `started` to `now`. */
  measured(bytes: number, started: number, now: number): void {
    this.#onMeasured(now - started)
    if (now - started > SLOW_MS + bytes / SLOW_BYTES_PER_MS) {
      this.#asyncUntil = now + this.#pauseMs
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    } else if (now >= this.#asyncUntil + LONGEST_PAUSE_MS) this.#pauseMs = FIRST_PAUSE_MS
  }
}
