import { type LocalLog, segmentOptions } from '../local-log'
import type { LogParts } from '../log-parts'
import { LogSegment } from '../log-segment'
import type { CleaningPace } from './cleaning-pace'

/** A segment in the making, in files with the suffix `.cleaned`. Batches gather in memory of fixed size before they are written. */
export class CleanedSegment {
  readonly segment: LogSegment
  readonly #local: LocalLog
  readonly #pace: CleaningPace
  readonly #buffer: Buffer
  #length = 0

  /** Made anew, whatever lay there. Throws `DiskError`, as do the other methods. */
  constructor({ context, local }: LogParts, baseOffset: number, pace: CleaningPace, bufferBytes: number) {
    const options = segmentOptions(context, local.folder, local.config, context.clock.now())
    this.segment = LogSegment.create({ ...options, baseOffset, suffix: '.cleaned' })
    this.#local = local
    this.#pace = pace
    this.#buffer = Buffer.allocUnsafeSlow(bufferBytes)
  }

  /** Takes a whole batch; its bytes are copied, or written when the promise resolves. */
  async append(batch: Buffer): Promise<void> {
    if (this.#length + batch.length > this.#buffer.length) await this.#write(this.#buffer.subarray(0, this.#length))
    if (batch.length > this.#buffer.length) await this.#write(batch)
    else this.#length += batch.copy(this.#buffer, this.#length)
  }

  /** Writes the rest, and makes all of it durable, indexes and names too. */
  async finish(): Promise<void> {
    await this.#write(this.#buffer.subarray(0, this.#length))
    this.segment.seal()
    await this.#local.sync(this.segment)
  }

  async #write(batches: Buffer): Promise<void> {
    this.#length = 0
    if (batches.length === 0) return
    this.segment.append(batches)
    await this.segment.write()
    await this.#pace.transferred(batches.length)
  }
}
