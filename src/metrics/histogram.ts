/** Upper bounds for times in seconds, from a tenth of a millisecond to ten seconds. */
export const TIME_BOUNDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/** Counts values in fixed buckets. Made for hot paths: taking a value allocates nothing. */
export class Histogram {
  /** Rising, all of them finite. */
  readonly bounds: readonly number[]
  /** Values of each bucket by itself, not of those below; the last bucket has no bound. */
  readonly counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[] = TIME_BOUNDS) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  get sum(): number {
    return this.#sum
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }

  /** A value that equals a bound lies below it. */
  observe(value: number): void {
    const { bounds } = this
    let bucket = 0
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++
    this.counts[bucket]!++
    this.#sum += value
  }
}
