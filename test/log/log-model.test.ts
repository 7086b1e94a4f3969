import fc from 'fast-check'
import { ErrorCode } from '../../protocol/errors'
import { decodeRecords, iterateBatches } from '../../protocol/records/record-batch'
import type { PartitionLog } from '../../src/log/partition-log'
import { appendBatch, LogWorld, record } from '../support/log-directories'

/**
 * A log against a plain array: whatever happens to it, what it returns is what was appended, and what was flushed or written survives the
 * crash that it is to survive.
 */

type Step =
  | { readonly kind: 'append'; readonly records: number; readonly bytes: number; readonly isNewEpoch: boolean }
  | { readonly kind: 'settle' | 'flush' | 'reopen' | 'retain' }
  | { readonly kind: 'truncate' | 'delete'; readonly at: number }
  | { readonly kind: 'crash'; readonly keepPageCache: boolean }
  | { readonly kind: 'read'; readonly at: number; readonly maxBytes: number }

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      records: fc.integer({ min: 1, max: 4 }),
      bytes: fc.integer({ min: 0, max: 300 }),
      isNewEpoch: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'flush' as const, 'reopen' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retain' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('truncate' as const, 'delete' as const), at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), keepPageCache: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('read' as const), at, maxBytes: fc.integer({ min: 0, max: 2000 }) }),
  },
)

class ModelledLog {
  readonly #world: LogWorld
  readonly #isEachWriteFlushed: boolean
  /** Every value that was appended, by offset; truncation takes them away. */
  readonly #values: string[] = []
  readonly #epochs: number[] = []
  /** Base offset of the batch of each record. */
  readonly #bases: number[] = []
  #written = 0
  #flushed = 0
  #start = 0
  #epoch = 0
  #serial = 0

  /** With `isEachWriteFlushed` everything that is written survives every crash. */
  constructor(world: LogWorld, isEachWriteFlushed: boolean) {
    this.#world = world
    this.#isEachWriteFlushed = isEachWriteFlushed
  }

  get log(): PartitionLog {
    return this.#world.log()
  }

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(step.records, step.bytes, step.isNewEpoch)
      case 'settle':
        await this.#world.timers.settle()
        return this.#settled()
      case 'flush':
        await this.#run(this.log.flush())
        this.#flushed = this.#values.length
        return
      case 'reopen':
        await this.#world.close()
        this.#settled()
        this.#flushed = this.#values.length
        await this.#world.open()
        return
      case 'retain':
        await this.#world.timers.settle()
        this.#settled()
        this.log.deleteExpiredSegments(this.#world.clock.now())
        expect(this.log.logStartOffset).toBeGreaterThanOrEqual(this.#start)
        this.#start = this.log.logStartOffset
        return
      case 'truncate':
        return this.#truncate(Math.floor(step.at * (this.#values.length + 1)))
      case 'delete': {
        const offset = Math.floor(step.at * (this.log.highWatermark + 1))
        expect(this.log.deleteRecordsBefore(offset)).toBe(ErrorCode.NONE)
        this.#start = Math.max(this.#start, offset)
        return
      }
      case 'crash':
        return this.#crash(step.keepPageCache)
      case 'read':
        await this.#read(this.#start + Math.floor(step.at * (this.#written - this.#start + 1)), step.maxBytes)
    }
  }

  /** All that is readable is what the model says, batch by batch. */
  async check(): Promise<void> {
    const { log } = this
    expect([log.logStartOffset, log.logEndOffset, log.nextOffset]).toEqual([
      this.#start,
      this.#written,
      this.#values.length,
    ])
    for (let offset = this.#start; offset < this.#written; ) offset = await this.#read(offset, 1_000)
    for (const epoch of new Set(this.#epochs.slice(this.#start))) {
      const end = this.#epochs.findIndex(other => other > epoch)
      expect(log.endOffsetForEpoch(epoch).endOffset).toBe(end < 0 ? log.logEndOffset : end)
    }
  }

  #append(records: number, bytes: number, isNewEpoch: boolean): void {
    if (isNewEpoch) this.#epoch++
    const values = Array.from({ length: records }, () => `${this.#serial++}`.padEnd(bytes, '.'))
    const result = appendBatch(this.log, {
      records: values.map(value => record(value, { key: Buffer.from('k') })),
      leaderEpoch: this.#epoch,
    })
    expect(result).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: this.#values.length })
    this.#values.push(...values)
    this.#epochs.push(...values.map(() => this.#epoch))
    this.#bases.push(...values.map(() => result.baseOffset))
    expect(result.lastOffset).toBe(this.#values.length - 1)
  }

  /** Ends of turns come until the promise has settled: all that was queued is written then. */
  async #run<Value>(promise: Promise<Value>): Promise<Value> {
    const value = await this.#world.run(promise)
    this.#settled()
    return value
  }

  #settled(): void {
    this.#written = this.#values.length
    if (this.#isEachWriteFlushed) this.#flushed = this.#written
    this.log.highWatermark = this.#written
  }

  async #truncate(offset: number): Promise<void> {
    await this.#world.run(this.log.truncateTo(offset))
    const end = this.log.logEndOffset
    const base = this.#bases[offset] ?? offset
    // Below the first segment, which begins at or below the log start offset, the log is emptied at the very offset.
    if (offset < this.#start) expect([base, offset]).toContain(end)
    else expect(end).toBe(base)
    this.#endAt(end)
    this.#start = Math.min(this.#start, end)
    if (end === 0) expect(this.log.latestLeaderEpoch).toBe(-1)
  }

  async #crash(keepPageCache: boolean): Promise<void> {
    this.#world.crash({ keepPageCache })
    await this.#world.open()
    const { log } = this
    const survived = keepPageCache ? this.#written : this.#flushed
    expect(log.logEndOffset).toBeGreaterThanOrEqual(survived)
    expect(log.logEndOffset).toBeLessThanOrEqual(this.#written)
    expect(log.logStartOffset).toBeLessThanOrEqual(Math.max(this.#start, 0))
    this.#endAt(log.logEndOffset)
    this.#start = log.logStartOffset
    log.highWatermark = log.logEndOffset
  }

  #endAt(end: number): void {
    this.#values.length = end
    this.#bases.length = end
    this.#epochs.length = end
    this.#written = end
    this.#flushed = Math.min(this.#flushed, end)
  }

  async #read(offset: number, maxBytes: number): Promise<number> {
    const upTo = this.#written
    const read = this.log.read({ offset, maxBytes, upTo, minOneBatch: true })
    const result = read instanceof Promise ? await this.#run(read) : read
    expect(result.errorCode).toBe(ErrorCode.NONE)
    const found = result.records.flatMap(buffer =>
      [...iterateBatches(buffer)].flatMap(({ position }) => decodeRecords(buffer, position, { maxBytes: 1_000_000 })),
    )
    if (offset < upTo) expect(found.some(({ offset: other }) => other === offset)).toBe(true)
    const first = found[0]?.offset ?? -1
    expect(found.map(({ value }) => value!.toString())).toEqual(this.#values.slice(first, first + found.length))
    expect(result.nextOffset).toBe(found.length === 0 ? offset : first + found.length)
    return result.nextOffset
  }
}

const NEVER = Number.MAX_SAFE_INTEGER

test.each([
  ['as far as the page cache', { flushMessages: NEVER }, 150],
  ['to the disk', { flushMessages: 1 }, 75],
  [
    'as far as the page cache, to be compacted,',
    { flushMessages: NEVER, cleanupPolicy: { compact: true, delete: true } },
    75,
  ],
])(
  'written %s a log holds what a plain array holds, through rolls, cuts, restarts and crashes',
  async (_, config, numRuns) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.integer(), async (steps, seed) => {
        const sizes = { segmentBytes: 1500, retentionBytes: 4000, indexIntervalBytes: 200 }
        const world = new LogWorld({ crashable: true, seed, config: { ...sizes, ...config } })
        await world.open({ tailCacheBytes: 2_000 })
        const modelled = new ModelledLog(world, config.flushMessages === 1)
        for (const each of steps) {
          await modelled.do(each)
          await modelled.check()
        }
        expect(world.failedDirectories).toEqual([])
      }),
      { numRuns },
    )
  },
)
