import type { LogContext } from './log-context'
import type { LogDirectory } from './log-directory'
import type { LogSettings } from './log-settings'
import { HIGH_WATERMARK_CHECKPOINT, LOG_START_OFFSET_CHECKPOINT, RECOVERY_POINT_CHECKPOINT } from './offset-checkpoint'
import type { PartitionLog } from './partition-log'
import { PeriodicTask } from './periodic-task'

/** The event loop is not held for longer by work that nobody waits for. */
const SLICE_MS = 2

export interface LogChoresOptions {
  readonly context: LogContext
  readonly settings: LogSettings
  readonly directories: readonly LogDirectory[]
}

/** What has to be done with logs every now and then: one timer for each kind of work, however many logs there are. */
export class LogChores {
  readonly #context: LogContext
  readonly #directories: readonly LogDirectory[]
  readonly #tasks: readonly PeriodicTask[]
  #isStopped = false

  constructor({ context, settings, directories }: LogChoresOptions) {
    this.#context = context
    this.#directories = directories
    const every = (intervalMs: number, task: () => Promise<void>) => new PeriodicTask(context.timers, intervalMs, task)
    this.#tasks = [
      every(settings.logRetentionCheckIntervalMs, () => this.#deleteExpiredSegments()),
      every(settings.producerIdExpirationCheckIntervalMs, () => this.#expireProducers()),
      every(settings.replicaHighWatermarkCheckpointIntervalMs, () => this.#save(HIGH_WATERMARK_CHECKPOINT)),
      every(settings.logFlushOffsetCheckpointIntervalMs, () => this.#save(RECOVERY_POINT_CHECKPOINT)),
      every(settings.logFlushStartOffsetCheckpointIntervalMs, () => this.#save(LOG_START_OFFSET_CHECKPOINT)),
    ]
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#tasks.map(task => task.stop()))
  }

  #deleteExpiredSegments(): Promise<void> {
    return this.#forEachLog(log => {
      const count = log.deleteExpiredSegments(this.#context.clock.now())
      if (count === 0) return
      const { folder, logStartOffset } = log
      this.#context.logger.info('deleted expired segments', { folder, count, logStartOffset })
    })
  }

  #expireProducers(): Promise<void> {
    return this.#forEachLog(log => log.expireProducers(this.#context.clock.now()))
  }

  async #save(checkpoint: Parameters<LogDirectory['saveCheckpoint']>[0]): Promise<void> {
    await Promise.all(this.#directories.map(directory => directory.saveCheckpoint(checkpoint)))
  }

  async #forEachLog(visit: (log: PartitionLog) => void): Promise<void> {
    const { clock, timers } = this.#context
    let sliceStarted = clock.monotonic()
    for (const log of this.#directories.flatMap(directory => [...directory.logs])) {
      if (this.#isStopped) return
      visit(log)
      if (clock.monotonic() - sliceStarted < SLICE_MS) continue
      await new Promise<void>(resolve => timers.endOfTurn(resolve))
      sliceStarted = clock.monotonic()
    }
  }
}
