import type { Timer, Timers } from '../io/timers'

/** Runs a task again and again, the next time `intervalMs` (as it is then) after the end of the last; one run at a time. */
export class PeriodicTask {
  readonly #timers: Timers
  readonly #intervalMs: number | (() => number)
  readonly #task: () => void | Promise<void>
  #timer: Timer | null = null
  #running: Promise<void> | null = null
  #isStopped = false

  constructor(timers: Timers, intervalMs: number | (() => number), task: () => void | Promise<void>) {
    this.#timers = timers
    this.#intervalMs = intervalMs
    this.#task = task
    this.#schedule()
  }

  /** No run begins after the call, and none is under way when the promise resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#running
  }

  #schedule(): void {
    const intervalMs = typeof this.#intervalMs === 'number' ? this.#intervalMs : this.#intervalMs()
    this.#timer = this.#timers.after(intervalMs, () => {
      this.#running = this.#run()
    })
  }

  async #run(): Promise<void> {
    await this.#task()
    this.#running = null
    if (!this.#isStopped) this.#schedule()
  }
}
