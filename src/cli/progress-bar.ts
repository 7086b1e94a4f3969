import { SingleBar } from 'cli-progress'
import type { ImportProgress } from './import-logs'

const MEBIBYTE = 1024 * 1024
const FORMAT = '{bar} {percentage} % of {totalMebibytes} MiB, {eta_formatted} left'

/** A bar on the terminal behind stderr, which is gone when the work is done. */
export class ProgressBar implements ImportProgress {
  readonly #bar = new SingleBar({
    stream: process.stderr,
    format: FORMAT,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
  })

  start(totalBytes: number): void {
    this.#bar.start(totalBytes, 0, { totalMebibytes: (totalBytes / MEBIBYTE).toFixed(1) })
  }

  advance(bytes: number): void {
    this.#bar.increment(bytes)
  }

  stop(): void {
    this.#bar.stop()
  }
}
