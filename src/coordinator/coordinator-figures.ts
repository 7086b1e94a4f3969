import { Histogram } from '../metrics/histogram'

/** Upper bounds for the time of a load in seconds. */
const LOAD_BOUNDS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60]

/** What the shards of one coordinator have counted together. */
export class CoordinatorFigures {
  readonly loadSeconds = new Histogram(LOAD_BOUNDS)
  failedLoads = 0

  /** A load took so many milliseconds, or has failed (null). */
  readonly loaded = (milliseconds: number | null): void => {
    if (milliseconds === null) this.failedLoads++
    else this.loadSeconds.observe(milliseconds / 1000)
  }
}
