import type { Logger } from '../io/logger'

/** Those who wait on behalf of one connection, and are told when waiting makes no more sense. */
export class Interrupts {
  readonly #logger: Logger
  readonly #callbacks = new Set<() => void>()
  #due = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Calls `callback` once when interruption is due: in a microtask when it is already. The result takes `callback` back. */
  add(callback: () => void): () => void {
    this.#callbacks.add(callback)
    if (this.#due) queueMicrotask(() => this.#call(callback))
    return () => this.#callbacks.delete(callback)
  }

  interruptAll(): void {
    this.#due = true
    for (const callback of [...this.#callbacks]) this.#call(callback)
  }

  #call(callback: () => void): void {
    if (!this.#callbacks.delete(callback)) return
    try {
      callback()
    } catch (error) {
      this.#logger.error('a waiting request could not be interrupted', { error })
    }
  }
}
