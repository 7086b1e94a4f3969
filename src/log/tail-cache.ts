/**
 * The newest bytes of each log in memory, so that readers at its end cost neither a read nor a copy.
 *
 * Invariants
 * - What is cached of a log is one gapless run of batches up to the last one appended.
 * - Bytes handed out never change; a block is only ever written behind its used length.
 * - All logs together are charged for at most `maxBytes` (of backing memory, not of what is used of it). When that is exceeded, the log
 *   that was used longest ago loses its oldest chunk first.
 */
import { baseOffsetAt, batchSizeAt, lastOffsetAt } from '../../protocol/records/batch-header'
import type { ReadOptions } from './log-read'

const SMALLEST_BLOCK = 1024
const LARGEST_BLOCK = 65_536
/** A slice that is a smaller part of its backing memory than this is copied, or quiet logs would pin whole socket reads. */
const SMALLEST_SHARE = 4

/** Consecutive batches in one piece of memory: the buffer of a producer, or a block into which small ones are copied. */
interface Chunk {
  readonly buffer: Buffer
  readonly isBlock: boolean
  readonly baseOffset: number
  /** Behind the last batch. */
  nextOffset: number
  /** Bytes used from the start of `buffer`. */
  length: number
  /** Bytes of memory that are freed with this chunk; 0 when the next chunk holds on to the same memory. */
  charge: number
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
  readonly #cache: TailCache
  #chunks: (Chunk | undefined)[] = []
  /** Index of the oldest chunk that is still held. */
  #first = 0

  constructor(cache: TailCache) {
    this.#cache = cache
  }

  /** Offset from which on everything is here; infinite when nothing is. */
  get startOffset(): number {
    return this.#chunks[this.#first]?.baseOffset ?? Number.POSITIVE_INFINITY
  }

  /**
   * Takes the batches at the end of the log, with their final offsets from `baseOffset` up to `nextOffset` (exclusive). Returns the same
   * bytes in the memory in which they stay: write those, then the producer's memory is free.
   */
  append(records: Buffer, baseOffset: number, nextOffset: number): Buffer {
    const backing = records.buffer.byteLength
    return records.length * SMALLEST_SHARE < backing
      ? this.#copy(records, baseOffset, nextOffset)
      : this.#keep(records, baseOffset, nextOffset)
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
    for (let index = this.#indexOf(offset); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!
      const isFirst = records.length === 0
      const start = isFirst ? positionOf(offset, chunk) : 0
      const end = endOfRun(chunk, start, maxBytes - sizeInBytes, upTo, minOneBatch && isFirst)
      if (end === start) break
      if (isFirst) firstOffset = baseOffsetAt(chunk.buffer, start)
      records.push(chunk.buffer.subarray(start, end))
      sizeInBytes += end - start
      nextOffset = end === chunk.length ? chunk.nextOffset : baseOffsetAt(chunk.buffer, end)
      if (end < chunk.length) break
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
    for (let index = this.#first; index < this.#chunks.length; index++) bytes += this.#chunks[index]!.charge
    this.#chunks = []
    this.#first = 0
    this.#cache.release(this, bytes, true)
  }

  /** @internal Gives the oldest chunk up. */
  dropOldest(): void {
    const { charge } = this.#chunks[this.#first]!
    this.#chunks[this.#first] = undefined
    this.#first++
    const isEmpty = this.#first === this.#chunks.length
    if (isEmpty || (this.#first >= 64 && this.#first * 2 > this.#chunks.length)) {
      this.#chunks.splice(0, this.#first)
      this.#first = 0
    }
    this.#cache.release(this, charge, isEmpty)
  }

  /** The producer's own memory. */
  #keep(buffer: Buffer, baseOffset: number, nextOffset: number): Buffer {
    const last = this.#chunks.at(-1)
    const charge = buffer.buffer.byteLength
    const isShared = last?.buffer.buffer === buffer.buffer
    const bytes = isShared ? charge - last.charge : charge
    if (isShared) last.charge = 0
    this.#push({ buffer, isBlock: false, baseOffset, nextOffset, length: buffer.length, charge }, bytes)
    return buffer
  }

  #copy(records: Buffer, baseOffset: number, nextOffset: number): Buffer {
    let block = this.#chunks.at(-1)
    if (!block?.isBlock || block.buffer.length - block.length < records.length) {
      const size = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, block?.isBlock ? block.buffer.length * 2 : 0))
      const buffer = Buffer.allocUnsafeSlow(Math.max(size, records.length))
      block = { buffer, isBlock: true, baseOffset, nextOffset, length: 0, charge: buffer.length }
      this.#push(block, block.charge)
    } else this.#cache.used(this)
    const start = block.length
    records.copy(block.buffer, start)
    block.length += records.length
    block.nextOffset = nextOffset
    return block.buffer.subarray(start, block.length)
  }

  #push(chunk: Chunk, bytes: number): void {
    this.#chunks.push(chunk)
    this.#cache.used(this)
    this.#cache.charge(bytes)
  }

  /** Index of the first chunk that reaches beyond `offset`. Readers are mostly at the end, so the search begins there. */
  #indexOf(offset: number): number {
    let index = this.#chunks.length
    let step = 1
    let low = this.#first
    while (index - step > low && this.#chunks[index - step]!.nextOffset > offset) {
      index -= step
      step *= 2
    }
    low = Math.max(low, index - step)
    while (low < index) {
      const middle = (low + index) >>> 1
      if (this.#chunks[middle]!.nextOffset > offset) index = middle
      else low = middle + 1
    }
    return low
  }
}

/** Where in the chunk the batch begins that holds `offset`, or the next one above it. */
const positionOf = (offset: number, chunk: Chunk): number => {
  let position = 0
  while (position < chunk.length && lastOffsetAt(chunk.buffer, position) < offset) {
    position += batchSizeAt(chunk.buffer, position)
  }
  return position
}

/** End of the whole batches from `start` on that lie below `upTo` and within `maxBytes`, or of the first one when it must be taken. */
const endOfRun = (chunk: Chunk, start: number, maxBytes: number, upTo: number, takeFirst: boolean): number => {
  if (chunk.nextOffset <= upTo && chunk.length - start <= maxBytes) return chunk.length
  let end = start
  while (end < chunk.length && lastOffsetAt(chunk.buffer, end) < upTo) {
    const next = end + batchSizeAt(chunk.buffer, end)
    if (next - start > maxBytes && !(takeFirst && end === start)) break
    end = next
  }
  return end
}
