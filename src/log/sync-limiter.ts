/** Flushes that run at a time: each blocks a thread of the pool, which writes and reads need, too. */
const CONCURRENT_FLUSHES = 2

interface Waiting {
  readonly path: string
  readonly flush: () => Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets at most one flush per log directory and two in all go at a time; the others wait in order. A disk syncs no faster for being asked
 * twice.
 */
export class SyncLimiter {
  readonly #running = new Set<string>()
  #waiting: Waiting[] = []

  /** Runs `flush` when it is the turn of the directory at `path`; settles as it does. */
  run(path: string, flush: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ path, flush, resolve, reject })
      this.#start()
    })
  }

  #start(): void {
    for (let index = 0; index < this.#waiting.length && this.#running.size < CONCURRENT_FLUSHES; ) {
      if (this.#running.has(this.#waiting[index]!.path)) index++
      else void this.#runOne(this.#waiting.splice(index, 1)[0]!)
    }
  }

  async #runOne({ path, flush, resolve, reject }: Waiting): Promise<void> {
    this.#running.add(path)
    try {
      await flush()
      resolve()
    } catch (error) {
      reject(error)
    } finally {
      this.#running.delete(path)
      this.#start()
    }
  }
}
