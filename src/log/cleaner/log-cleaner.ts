import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import { DiskError } from '../../io/disk'
import { DamagedFile } from '../damaged-file'
import type { LogContext } from '../log-context'
import type { LogDirectory } from '../log-directory'
import { CLEANER_OFFSET_CHECKPOINT } from '../offset-checkpoint'
import type { PartitionLog } from '../partition-log'
import { PeriodicTask } from '../periodic-task'
import type { CleanableSection } from './cleanable-section'
import type { CleanerSettings } from './cleaner-settings'
import { CleaningPace } from './cleaning-pace'
import { CompactionRun } from './compaction-run'
import { CompactionRevoked } from './log-compaction'

export interface LogCleanerOptions {
  readonly context: LogContext
  readonly directories: readonly LogDirectory[]
  /** As they are now. */
  readonly settings: () => CleanerSettings
}

interface DirtyLog {
  readonly directory: LogDirectory
  readonly log: PartitionLog
  readonly section: CleanableSection
}

/**
 * Compacts the logs of a broker, one at a time, the one with the largest share of dirty bytes first (Kafka: LogCleaner). When there is
 * nothing to do it rests for `log.cleaner.backoff.ms`. A log with damaged files is left alone until the broker starts again.
 */
export class LogCleaner {
  readonly #context: LogContext
  readonly #directories: readonly LogDirectory[]
  readonly #settings: () => CleanerSettings
  readonly #pace: CleaningPace
  readonly #task: PeriodicTask
  #current: PartitionLog | null = null
  #isStopped = false

  constructor({ context, directories, settings }: LogCleanerOptions) {
    this.#context = context
    this.#directories = directories
    this.#settings = settings
    this.#pace = new CleaningPace({
      clock: context.clock,
      timers: context.timers,
      maxBytesPerSecond: () => settings().logCleanerIoMaxBytesPerSecond,
    })
    this.#task = new PeriodicTask(
      context.timers,
      () => settings().logCleanerBackoffMs,
      () => this.#cleanAll(),
    )
  }

  /** Gives up what is under way; resolves when nothing is any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#pace.hurry()
    this.#current?.compaction.revoke()
    await this.#task.stop()
  }

  async #cleanAll(): Promise<void> {
    for (let dirty = await this.#filthiest(); dirty; dirty = await this.#filthiest()) await this.#clean(dirty)
  }

  async #filthiest(): Promise<DirtyLog | null> {
    const now = this.#context.clock.now()
    let filthiest: DirtyLog | null = null
    for (const directory of this.#directories) {
      for (const log of [...directory.logs]) {
        const section = this.#sectionOf(log, directory, now)
        if (section?.isDue && section.dirtyRatio > (filthiest?.section.dirtyRatio ?? 0)) {
          filthiest = { directory, log, section }
        }
        if (this.#pace.isSliceOver) await this.#pace.pause()
      }
    }
    return this.#isStopped ? null : filthiest
  }

  #sectionOf(log: PartitionLog, directory: LogDirectory, now: number): CleanableSection | null {
    try {
      return log.compaction.section(now)
    } catch (error) {
      this.#failed(log, directory, error)
      return null
    }
  }

  async #clean({ directory, log, section }: DirtyLog): Promise<void> {
    const { clock, logger, figures } = this.#context
    const started = clock.monotonic()
    const claim = log.compaction.claim()
    if (!claim) return
    this.#current = log
    try {
      const { cleanedUpTo, ...sizes } = await new CompactionRun(claim, section, this.#settings(), this.#pace).run()
      claim.release(cleanedUpTo)
      const { folder } = log
      const tookMs = clock.monotonic() - started
      figures.compacted(tookMs, sizes.bytesBefore, sizes.bytesAfter)
      logger.info('compacted a log', { folder, cleanedUpTo, ...sizes, tookMs })
      await directory.saveCheckpoint(CLEANER_OFFSET_CHECKPOINT)
      log.deleteExpiredSegments(clock.now())
    } catch (error) {
      if (!claim.isRevoked) this.#failed(log, directory, error)
      else if (!isExpected(error)) throw error
    } finally {
      claim.release(section.from)
      this.#current = null
    }
  }

  #failed(log: PartitionLog, directory: LogDirectory, error: unknown): void {
    if (!isExpected(error)) throw error
    if (error instanceof DiskError) directory.fail(error)
    else {
      log.compaction.isImpossible = true
      this.#context.logger.error('a log cannot be compacted because it is damaged', { folder: log.folder, error })
    }
  }
}

const isExpected = (error: unknown): boolean =>
  [CompactionRevoked, DiskError, DamagedFile, MalformedMessage].some(kind => error instanceof kind)
