/** State of a member that has not arrived anywhere yet. */
export const UNSETTLED = -1

/**
 * How many members of a group are in which generation or epoch: with a thousand of them, asking each after every answer would cost more
 * than what is measured.
 */
export class Census {
  readonly #counts = new Map<number, number>()

  moved(from: number, to: number): void {
    if (from === to) return
    this.#add(from, -1)
    this.#add(to, 1)
  }

  /** Whether `count` members are in one state and that is none of those that have not arrived. */
  isUnanimous(count: number): boolean {
    const [state] = this.#counts.keys()
    return this.#counts.size === 1 && state !== UNSETTLED && this.#counts.get(state!) === count
  }

  enter(): void {
    this.#add(UNSETTLED, 1)
  }

  leave(from: number): void {
    this.#add(from, -1)
  }

  #add(state: number, change: number): void {
    const count = (this.#counts.get(state) ?? 0) + change
    if (count === 0) this.#counts.delete(state)
    else this.#counts.set(state, count)
  }
}
