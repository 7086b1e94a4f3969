import type { Timer, Timers } from '../../src/io/timers'

/** The timers of one process among those of the world: they die with it. */
export class ProcessTimers implements Timers {
  /** Resolves when the process is dead. */
  readonly dead: Promise<null>
  #isDead = false
  #resolveDead: () => void = () => {}
  readonly #world: Timers
  readonly #pending = new Set<Timer>()

  constructor(world: Timers) {
    this.#world = world
    this.dead = new Promise(resolve => {
      this.#resolveDead = () => resolve(null)
    })
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Timers that have neither run nor been cancelled. */
  get pendingCount(): number {
    return this.#pending.size
  }

  after(delayMs: number, callback: () => void): Timer {
    if (this.#isDead) return { cancel() {} }
    const inner = this.#world.after(delayMs, () => {
      this.#pending.delete(timer)
      callback()
    })
    const timer = {
      cancel: () => {
        this.#pending.delete(timer)
        inner.cancel()
      },
    }
    this.#pending.add(timer)
    return timer
  }

  endOfTurn(callback: () => void): void {
    this.#world.endOfTurn(() => {
      if (!this.#isDead) callback()
    })
  }

  /** Nothing of the process runs from now on. */
  die(): void {
    this.#isDead = true
    for (const timer of this.#pending) timer.cancel()
    this.#resolveDead()
  }
}
