/**
 * The newest bytes of each log in memory, so that readers at its end cost no read.
 *
 * Batches are copied into blocks that are used again. That costs less than to keep what producers sent: memory of their requests would have
 * to be fresh for each of them, and the garbage collector would have to find out what is left of it.
 *
 * Invariants
 * - What is cached of a log is one gapless run of batches up to the last one appended.
 * - Bytes handed out never change as long as somebody may look at them; a block is only ever written behind its used length. It is used
 *   again when it holds nothing of its log any more, all that was in it is written, and all who were given something have given it back.
 * - All logs together are charged for at most `maxBytes` (of backing memory, not of what is used of it). When that is exceeded, the log
 *   that was used longest ago loses its oldest block first.
 */
import { baseOffsetAt, batchSizeAt, lastOffsetAt } from '../../protocol/records/batch-header'
import type { ReadOptions } from './log-read'

const SMALLEST_BLOCK = 1024
/** Blocks of this size are used again. A larger batch gets one of its own size. */
const LARGEST_BLOCK = 65_536
/** Blocks that wait for their next use. */
const IDLE_MAX = 64

/** Consecutive batches. */
interface Block {
  readonly buffer: Buffer
  readonly baseOffset: number
  /** Behind the last batch. */
  nextOffset: number
  /** Bytes used from the start of `buffer`. */
  length: number
  /** How many reads have been given something of it, and have not given it back. */
  lent: number
  /** It holds nothing of its log any more, and may be used again when nothing of it is lent. */
  isFree: boolean
}

export interface TailRead {
  readonly records: Buffer[]
  readonly sizeInBytes: number
  /** -1 when nothing fits. */
  readonly firstOffset: number
  readonly nextOffset: number
}

/** The memory that all tails share. */
export class TailCache {
  readonly maxBytes: number
  /** Reads that were answered from here, and those that have to go to a file. */
  hits = 0
  misses = 0
  #sizeInBytes = 0
  /** Memory that may be used again. */
  readonly #idle: Buffer[] = []
  /** Blocks by their memory, of those that are used again. */
  readonly #blocks = new WeakMap<ArrayBufferLike, Block>()
  /** Ends of the list of tails that hold something, in the order of their last use. */
  #oldest: LogTail | null = null
  #newest: LogTail | null = null

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** Bytes charged. */
  get sizeInBytes(): number {
    return this.#sizeInBytes
  }

  /** Ends the use of bytes that a read has returned. Once for each of its buffers; what comes from elsewhere is left alone. */
  giveBack(bytes: Buffer): void {
    const block = this.#blocks.get(bytes.buffer)
    if (!block || block.lent === 0) return
    block.lent--
    this.#reuse(block)
  }

  /** @internal A block for `bytes` bytes at least, of at least `bytesMin`. */
  blockOf(bytes: number, bytesMin: number, baseOffset: number): Block {
    const size = Math.max(bytes, bytesMin)
    const buffer = (size === LARGEST_BLOCK && this.#idle.pop()) || Buffer.allocUnsafeSlow(size)
    const block = { buffer, baseOffset, nextOffset: baseOffset, length: 0, lent: 0, isFree: false }
    if (size === LARGEST_BLOCK) this.#blocks.set(buffer.buffer, block)
    return block
  }

  /** @internal A block holds nothing of its log any more, and all that was in it is written. */
  free(block: Block): void {
    block.isFree = true
    this.#reuse(block)
  }

  /** @internal The tail was read or appended to. */
  used(tail: LogTail): void {
    if (this.#newest === tail) return
    this.#unlink(tail)
    tail.older = this.#newest
    if (this.#newest) this.#newest.newer = tail
    else this.#oldest = tail
    this.#newest = tail
  }

  /** @internal The tail holds `bytes` more. */
  charge(bytes: number): void {
    this.#sizeInBytes += bytes
    while (this.#sizeInBytes > this.maxBytes && this.#oldest) this.#oldest.dropOldest()
  }

  /** @internal The tail holds `bytes` less, and nothing at all when `isEmpty`. */
  release(tail: LogTail, bytes: number, isEmpty: boolean): void {
    this.#sizeInBytes -= bytes
    if (isEmpty) this.#unlink(tail)
  }

  #reuse({ buffer, isFree, lent }: Block): void {
    if (!isFree || lent > 0 || buffer.length !== LARGEST_BLOCK) return
    this.#blocks.delete(buffer.buffer)
    if (this.#idle.length < IDLE_MAX) this.#idle.push(buffer)
  }

  #unlink(tail: LogTail): void {
    const { older, newer } = tail
    if (older) older.newer = newer
    else if (this.#oldest === tail) this.#oldest = newer
    if (newer) newer.older = older
    else if (this.#newest === tail) this.#newest = older
    tail.older = null
    tail.newer = null
  }
}

/** The newest bytes of one log. */
export class LogTail {
  /** Neighbours in the list of the cache. */
  older: LogTail | null = null
  newer: LogTail | null = null
  /** Everything below this offset is in the file. */
  writtenTo = -1
  readonly #cache: TailCache
  #blocks: (Block | undefined)[] = []
  /** Index of the oldest block that is still held. */
  #first = 0

  constructor(cache: TailCache) {
    this.#cache = cache
  }

  /** Offset from which on everything is here; infinite when nothing is. */
  get startOffset(): number {
    return this.#blocks[this.#first]?.baseOffset ?? Number.POSITIVE_INFINITY
  }

  /**
   * Takes the batches at the end of the log, with their final offsets from `baseOffset` up to `nextOffset` (exclusive). Returns the
   * same bytes in the memory in which they stay: write those; the producer's memory is free.
   */
  append(records: Buffer, baseOffset: number, nextOffset: number): Buffer {
    let block = this.#blocks.at(-1)
    if (!block || block.buffer.length - block.length < records.length) {
      const bytesMin = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, block ? block.buffer.length * 2 : 0))
      block = this.#cache.blockOf(records.length, bytesMin, baseOffset)
      this.#blocks.push(block)
    }
    const start = block.length
    records.copy(block.buffer, start)
    block.length += records.length
    block.nextOffset = nextOffset
    this.#cache.used(this)
    if (start === 0) this.#cache.charge(block.buffer.length)
    return block.buffer.subarray(start, start + records.length)
  }

  /** null when `offset` is older than what is here. Limits as in `PartitionLog.read`. */
  read({ offset, maxBytes, upTo, minOneBatch }: ReadOptions): TailRead | null {
    if (offset < this.startOffset) {
      this.#cache.misses++
      return null
    }
    this.#cache.hits++
    this.#cache.used(this)
    const records: Buffer[] = []
    let sizeInBytes = 0
    let firstOffset = -1
    let nextOffset = offset
    for (let index = this.#indexOf(offset); index < this.#blocks.length; index++) {
      const block = this.#blocks[index]!
      const isFirst = records.length === 0
      const start = isFirst ? positionOf(offset, block) : 0
      const end = endOfRun(block, start, maxBytes - sizeInBytes, upTo, minOneBatch && isFirst)
      if (end === start) break
      if (isFirst) firstOffset = baseOffsetAt(block.buffer, start)
      block.lent++
      records.push(block.buffer.subarray(start, end))
      sizeInBytes += end - start
      nextOffset = end === block.length ? block.nextOffset : baseOffsetAt(block.buffer, end)
      if (end < block.length) break
    }
    return { records, sizeInBytes, firstOffset, nextOffset }
  }

  /** Forgets what lies below `offset`, and maybe some of what lies above it: the log holds something else there now. */
  forgetBelow(offset: number): void {
    while (this.startOffset < offset) this.dropOldest()
  }

  /** Forgets everything: the log was truncated or closed. */
  clear(): void {
    let bytes = 0
    for (let index = this.#first; index < this.#blocks.length; index++) bytes += this.#blocks[index]!.buffer.length
    this.#blocks = []
    this.#first = 0
    this.writtenTo = -1
    this.#cache.release(this, bytes, true)
  }

  /** @internal Gives the oldest block up. */
  dropOldest(): void {
    const block = this.#blocks[this.#first]!
    this.#blocks[this.#first] = undefined
    this.#first++
    const isEmpty = this.#first === this.#blocks.length
    if (isEmpty || (this.#first >= 64 && this.#first * 2 > this.#blocks.length)) {
      this.#blocks.splice(0, this.#first)
      this.#first = 0
    }
    // What is still on its way to the file keeps its memory, which is left to the garbage collector.
    if (block.nextOffset <= this.writtenTo) this.#cache.free(block)
    this.#cache.release(this, block.buffer.length, isEmpty)
  }

  /** Index of the first block that reaches beyond `offset`. Readers are mostly at the end, so the search begins there. */
  #indexOf(offset: number): number {
    let index = this.#blocks.length
    let step = 1
    let low = this.#first
    while (index - step > low && this.#blocks[index - step]!.nextOffset > offset) {
      index -= step
      step *= 2
    }
    low = Math.max(low, index - step)
    while (low < index) {
      const middle = (low + index) >>> 1
      if (this.#blocks[middle]!.nextOffset > offset) index = middle
      else low = middle + 1
    }
    return low
  }
}

/** Where in the block the batch begins that holds `offset`, or the next one above it. */
const positionOf = (offset: number, block: Block): number => {
  let position = 0
  while (position < block.length && lastOffsetAt(block.buffer, position) < offset) {
    position += batchSizeAt(block.buffer, position)
  }
  return position
}

/** End of the whole batches from `start` on that lie below `upTo` and within `maxBytes`, or of the first one when it must be taken. */
const endOfRun = (block: Block, start: number, maxBytes: number, upTo: number, takeFirst: boolean): number => {
  if (block.nextOffset <= upTo && block.length - start <= maxBytes) return block.length
  let end = start
  while (end < block.length && lastOffsetAt(block.buffer, end) < upTo) {
    const next = end + batchSizeAt(block.buffer, end)
    if (next - start > maxBytes && !(takeFirst && end === start)) break
    end = next
  }
  return end
}
