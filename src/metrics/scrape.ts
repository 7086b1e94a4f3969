import { Exposition } from './exposition'

/** Writes a few metrics from what their owners have counted. It may be interrupted wherever it yields. */
export type Collector = (out: Exposition) => Iterable<void>

/** An interruption costs more than a line. */
const ITEMS_PER_STEP = 64

/** Visits every item, in steps between which there may be an interruption. */
export function* inSteps<Item>(items: Iterable<Item>, visit: (item: Item, index: number) => void): Iterable<void> {
  let index = 0
  for (const item of items) {
    visit(item, index++)
    if (index % ITEMS_PER_STEP === 0) yield
  }
}

export interface ScrapePace {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Lets other work of the event loop through. */
  readonly pause: () => Promise<void>
}

/** The event loop is not held for longer by a scrape. */
const SLICE_MS = 2
/** Characters that are handed on together. */
const CHUNK_LENGTH = 65_536

/** The text of all metrics, in pieces, made in slices that let other work through. */
export async function* scrape(collectors: readonly Collector[], { now, pause }: ScrapePace): AsyncGenerator<string> {
  const out = new Exposition()
  let sliceStarted = now()
  for (const collect of collectors) {
    for (const _ of collect(out)) {
      if (out.length >= CHUNK_LENGTH) yield out.take()
      if (now() - sliceStarted < SLICE_MS) continue
      await pause()
      sliceStarted = now()
    }
  }
  if (out.length > 0) yield out.take()
}
