import type { KeyRange, MetadataStoreError, Watch, WatchOptions } from './metadata-store'
import { isInRange, type Revision } from './revisioned-key-values'

/** One watch of an embedded store: a queue of revisions that is emptied outside of every call into the store. */
export class EmbeddedWatch implements Watch {
  readonly #options: WatchOptions
  readonly #onClose: (watch: EmbeddedWatch) => void
  #queue: Revision[] = []
  #error: MetadataStoreError | null = null
  #scheduled = false
  #closed = false

  constructor(options: WatchOptions, onClose: (watch: EmbeddedWatch) => void) {
    this.#options = options
    this.#onClose = onClose
  }

  push(revisions: readonly Revision[]): void {
    for (const step of revisions) if (step.revision >= this.#options.fromRevision) this.#queue.push(step)
    this.#schedule()
  }

  /** Ends the watch after what is queued. */
  fail(error: MetadataStoreError): void {
    this.#error = error
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    this.#onClose(this)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#drain())
  }

  #drain(): void {
    this.#scheduled = false
    const steps = this.#queue
    this.#queue = []
    for (const step of steps) {
      if (this.#closed) return
      this.#options.onRevision(step.revision, eventsIn(step, this.#options.range))
    }
    if (this.#error === null || this.#closed) return
    this.close()
    this.#options.onEnd(this.#error)
  }
}

const eventsIn = (step: Revision, range: KeyRange) => step.events.filter(event => isInRange(event.key, range))
