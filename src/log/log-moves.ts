import { LogMove, type LogMoveOptions } from './log-move'
import type { PartitionLog } from './partition-log'

/** The moves of logs between directories that are under way, at most one of each log. */
export class LogMoves {
  readonly #moves = new Map<PartitionLog, LogMove>()
  readonly #runs = new Set<Promise<void>>()

  /** A move of the same log to somewhere else is given up; one to the same directory goes on. */
  begin(options: LogMoveOptions): void {
    const { log, to } = options
    if (this.#moves.get(log)?.to === to) return
    this.cancel(log)
    const move = new LogMove(options)
    this.#moves.set(log, move)
    const run = move.run().finally(() => {
      this.#runs.delete(run)
      if (this.#moves.get(log) === move) this.#moves.delete(log)
    })
    this.#runs.add(run)
  }

  cancel(log: PartitionLog): void {
    this.#moves.get(log)?.cancel()
    this.#moves.delete(log)
  }

  /** Gives up all moves; resolves when none is under way. */
  async stop(): Promise<void> {
    for (const move of this.#moves.values()) move.cancel()
    await Promise.all(this.#runs)
  }
}
