/** A write that takes longer than this plus its bytes at the rate below holds the event loop up by the rest. */
const USUAL_MS = 1
const USUAL_BYTES_PER_MS = 100_000
/** Share of the time for which the event loop may be held up for ever: schedulers do that to it now and then on any machine. */
const TOLERATED_SHARE = 0.1
/** By so many milliseconds more than that it may be held up before the thread pool is used. */
const TOLERATED_MS = 100
/** Larger groups go to the thread pool at once: copying them into the page cache takes a while on any disk. */
const SYNC_BYTES_MAX = 1024 * 1024
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Whether a write should be made in the event loop. That is several times cheaper than through the thread pool as long as the page cache
 * takes the bytes at once, but a throttled disk would hold everything up. When it does, the thread pool is used for a pause, which
 * doubles as long as the disk is no better afterwards.
 */
export class WriteSpeed {
  readonly #onMeasured: (milliseconds: number) => void
  /** By how long the event loop was held up, less what was tolerated since. */
  #heldUpMs = 0
  #measuredAt = 0
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

  /** A write of `bytes` in the event loop took from `started` to `now`. */
  wroteSync(bytes: number, started: number, now: number): void {
    const tookMs = now - started
    this.#onMeasured(tookMs)
    const tolerated = (now - this.#measuredAt) * TOLERATED_SHARE
    const heldUp = Math.max(0, tookMs - USUAL_MS - bytes / USUAL_BYTES_PER_MS)
    this.#heldUpMs = Math.max(0, this.#heldUpMs - tolerated) + heldUp
    this.#measuredAt = now
    if (this.#heldUpMs > TOLERATED_MS) {
      this.#heldUpMs = 0
      this.#asyncUntil = now + this.#pauseMs
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    } else if (now >= this.#asyncUntil + LONGEST_PAUSE_MS) this.#pauseMs = FIRST_PAUSE_MS
  }

  /** A write in the thread pool took from `started` to `now`, which tells more of the queues in front of it than of the disk. */
  wroteAsync(started: number, now: number): void {
    this.#onMeasured(now - started)
  }
}
