/** A write that takes longer than this plus its bytes at the rate below holds the event loop up by the rest. */
const USUAL_MS = 1
const USUAL_BYTES_PER_MS = 100_000
/** Share of the time for which the event loop may be held up for ever: schedulers do that to it now and then on any machine. */
const TOLERATED_SHARE = 0.1
/** By so many milliseconds more than that it may be held up before the thread pool is used. */
const TOLERATED_MS = 100
/** What a write in the thread pool costs more than one in the event loop, with some room: a write that takes longer is worth it. */
const POOL_MS = 0.3
/** What is written of a group says how long others take when it is as large as this: of smaller ones the system call is most. */
const TELLING_BYTES = 16 * 1024
/** As fast as any page cache is expected to be, which sends more than 1 MiB to the thread pool in any case. */
const LEAST_MS_PER_BYTE = POOL_MS / (1024 * 1024)
/** By how much the estimate follows each write: it is in the middle of what writes take, and single slow ones hardly move it. */
const STEP = 1.1
/** By how much the estimate falls with each write in the thread pool, so that one in the event loop tells the truth again in the end. */
const FORGETTING = 1.02
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Whether a write should be made in the event loop. That is several times cheaper than through the thread pool as long as the page cache
 * takes the bytes at once. Where it takes them slowly, for its memory has to be found first, larger groups are copied by the thread pool,
 * while the event loop goes on. A throttled disk would hold everything up: when it does, the thread pool is used for a pause, which doubles
 * as long as the disk is no better afterwards.
 */
export class WriteSpeed {
  readonly #onMeasured: (milliseconds: number) => void
  /** By how long the event loop was held up, less what was tolerated since. */
  #heldUpMs = 0
  #measuredAt = 0
  #pauseMs = FIRST_PAUSE_MS
  #asyncUntil = Number.NEGATIVE_INFINITY
  #msPerByte = LEAST_MS_PER_BYTE

  /** `onMeasured` is told how long each write took. */
  constructor(onMeasured: (milliseconds: number) => void = () => {}) {
    this.#onMeasured = onMeasured
  }

  /** `now` is monotonic, in milliseconds. */
  isSyncBetter(bytes: number, now: number): boolean {
    return bytes * this.#msPerByte <= POOL_MS && now >= this.#asyncUntil
  }

  /** A write of `bytes` in the event loop took from `started` to `now`. */
  wroteSync(bytes: number, started: number, now: number): void {
    const tookMs = now - started
    this.#onMeasured(tookMs)
    if (bytes >= TELLING_BYTES) this.#estimate(tookMs > bytes * this.#msPerByte ? STEP : 1 / STEP)
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
    this.#estimate(1 / FORGETTING)
  }

  #estimate(factor: number): void {
    this.#msPerByte = Math.max(LEAST_MS_PER_BYTE, this.#msPerByte * factor)
  }
}
