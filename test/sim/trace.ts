import { createHash } from 'node:crypto'

/** Lines kept for the report of a failure; SIM_TAIL asks for more. */
const TAIL_LINES = Number(process.env['SIM_TAIL'] ?? 100)

/** What happened in a run, in order: a hash of all of it, and its end as text. */
export class Trace {
  readonly #tail: string[] = []
  readonly #now: () => number
  readonly #hash = createHash('sha256')
  #length = 0

  /** `now`: virtual milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** `who`: the actor; `what`: what it did or met. */
  add(who: string, what: string): void {
    const line = `${this.#now().toFixed(3).padStart(11)} ${who.padEnd(14)} ${what}`
    this.#hash.update(line)
    this.#length++
    this.#tail.push(line)
    if (this.#tail.length > 2 * TAIL_LINES) this.#tail.splice(0, TAIL_LINES)
  }

  /** Equal for two runs only if all their lines were equal. */
  get hash(): string {
    return `${this.#length}-${this.#hash.copy().digest('hex')}`
  }

  /** The last lines. */
  get tail(): string {
    return this.#tail.slice(-TAIL_LINES).join('\n')
  }
}
