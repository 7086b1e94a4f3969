import fc from 'fast-check'
import type { ProducerDescription } from '../../../src/log/partition-log'
import {
  allBatches,
  clean,
  commit,
  compactedWorld,
  endTransaction,
  put,
  readCommitted,
} from '../../support/compacted-log'
import type { LogWorld } from '../../support/log-directories'

/**
 * A compacted log against plain arrays: whatever was appended and however often it was compacted, of each key a reader of committed records
 * finds the latest value, at its offset; and what the log knows of its producers does not change.
 */

type Step =
  | {
      readonly kind: 'put'
      readonly keys: readonly number[]
      readonly compression: number
      readonly isDeletion: boolean
    }
  | {
      readonly kind: 'send'
      readonly keys: readonly number[]
      readonly producer: number
      readonly isTransactional: boolean
    }
  | { readonly kind: 'end'; readonly producer: number; readonly isCommit: boolean }
  | { readonly kind: 'clean' | 'reopen' }
  | { readonly kind: 'crash'; readonly keepPageCache: boolean; readonly losesSnapshots: boolean }
  | { readonly kind: 'wait'; readonly ms: number }

const keys = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 })
const producer = fc.integer({ min: 1, max: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      keys,
      compression: fc.integer({ min: 0, max: 3 }),
      isDeletion: fc.boolean(),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('send' as const), keys, producer, isTransactional: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('end' as const), producer, isCommit: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('clean' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      keepPageCache: fc.boolean(),
      losesSnapshots: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 7_200_000 }) }),
  },
)

interface ModelRecord {
  readonly offset: number
  readonly key: string
  readonly value: string | null
}

class ModelledLog {
  readonly #world: LogWorld
  /** Committed, in the order of offsets. */
  #committed: ModelRecord[] = []
  readonly #open = new Map<number, ModelRecord[]>()
  readonly #sequences = new Map<number, number>()
  #serial = 0

  constructor(world: LogWorld) {
    this.#world = world
  }

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'put':
        this.#commit(await this.#append(step.keys, step.isDeletion, { compression: step.compression }))
        return
      case 'send':
        return this.#send(step.producer, step.keys, step.isTransactional)
      case 'end':
        return this.#end(step.producer, step.isCommit)
      case 'clean':
        return clean(this.#world)
      case 'wait':
        return this.#world.timers.advance(step.ms)
      case 'reopen':
        return this.#reopen(() => this.#world.close())
      case 'crash':
        return this.#crash(step)
    }
  }

  /** Returns the offsets of the records that are left. */
  async check(): Promise<void> {
    const records = (await readCommitted(this.#world.log())).map(({ offset, key, value }) => ({
      offset,
      key: key!.toString(),
      value: value === null ? null : value.toString(),
    }))
    const known = new Map(this.#committed.map(record => [record.offset, record]))
    const open = new Set([...this.#open.values()].flat().map(({ offset }) => offset))
    const visible = records.filter(({ offset }) => !open.has(offset))
    for (const record of visible) expect(record).toEqual(known.get(record.offset))
    const expected = latest(this.#committed)
    const found = latest(visible)
    for (const [key, record] of expected) {
      if (record.value === null) expect(found.get(key)?.value ?? null).toBeNull()
      else expect(found.get(key)).toEqual(record)
    }
    await this.#checkOffsets()
  }

  async #checkOffsets(): Promise<void> {
    const log = this.#world.log()
    const read = await log.read({ offset: log.logStartOffset, maxBytes: 1, upTo: log.logEndOffset, minOneBatch: true })
    expect(read.errorCode).toBe(0)
    expect((await allBatches(log)).length).toBeGreaterThanOrEqual(log.logEndOffset > 0 ? 1 : 0)
  }

  async #send(producerId: number, keys: readonly number[], isTransactional: boolean): Promise<void> {
    const open = this.#open.get(producerId)
    const baseSequence = this.#sequences.get(producerId) ?? 0
    const isInTransaction = isTransactional || open !== undefined
    const records = await this.#append(keys, false, {
      producerId,
      producerEpoch: 0,
      baseSequence,
      isTransactional: isInTransaction,
    })
    this.#sequences.set(producerId, baseSequence + keys.length)
    if (isInTransaction) this.#open.set(producerId, [...(open ?? []), ...records])
    else this.#commit(records)
  }

  async #end(producerId: number, isCommit: boolean): Promise<void> {
    const records = this.#open.get(producerId)
    if (!records) return
    this.#open.delete(producerId)
    await endTransaction(this.#world, producerId, isCommit)
    if (isCommit) this.#commit(records)
  }

  #commit(records: readonly ModelRecord[]): void {
    this.#committed = [...this.#committed, ...records].sort((a, b) => a.offset - b.offset)
  }

  async #append(
    keys: readonly number[],
    isDeletion: boolean,
    batch: Parameters<typeof put>[2],
  ): Promise<ModelRecord[]> {
    const records = keys.map(key => ({ key: `k${key}`, value: isDeletion ? null : `v${this.#serial++}` }))
    const pairs = records.map(({ key, value }) => (value === null ? key : `${key}=${value}`))
    const { errorCode, baseOffset } = await put(this.#world, pairs, batch)
    expect(errorCode).toBe(0)
    return records.map((record, n) => ({ ...record, offset: baseOffset + n }))
  }

  async #crash({ keepPageCache, losesSnapshots }: Extract<Step, { kind: 'crash' }>): Promise<void> {
    const { folder } = this.#world.log()
    const { disk } = this.#world
    const stop = async () => {
      await this.#world.run(this.#world.log().flush())
      this.#world.crash({ keepPageCache })
      // The folder of a log without records may not have come to the disk.
      if (!losesSnapshots || disk.stat(folder) === null) return
      for (const name of disk.list(folder)) if (name.endsWith('.snapshot')) disk.remove(`${folder}/${name}`)
    }
    // The epoch of a coordinator is in the markers only, and those may be gone.
    await this.#reopen(stop, losesSnapshots ? { coordinatorEpoch: 0 } : {})
  }

  /** Producers are the same before and after, but for what is given in `unknown`. */
  async #reopen(stop: () => Promise<void>, unknown: Partial<ProducerDescription> = {}): Promise<void> {
    const producers = () =>
      this.#world
        .log()
        .activeProducers()
        .map(producer => ({ ...producer, ...unknown }))
        .sort((a, b) => a.producerId - b.producerId)
    const { logEndOffset } = this.#world.log()
    const before = producers()
    await stop()
    await this.#world.open()
    expect(this.#world.log().logEndOffset).toBe(logEndOffset)
    expect(producers()).toEqual(before)
    await commit(this.#world)
  }
}

const latest = (records: readonly ModelRecord[]): Map<string, ModelRecord> =>
  new Map(records.map(record => [record.key, record]))

test.each([
  ['at once', 0],
  ['after an hour', 3_600_000],
])(
  'a log that drops tombstones %s holds what a map holds, through compactions, restarts and crashes',
  async (_, deleteRetentionMs) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 120 }), fc.integer(), async (steps, seed) => {
        const world = await compactedWorld({ deleteRetentionMs, retentionMs: -1 }, { crashable: true, seed })
        const model = new ModelledLog(world)
        for (const step of steps) {
          await model.do(step)
          if (step.kind !== 'put' && step.kind !== 'send') await model.check()
        }
      }),
      { numRuns: 40 },
    )
  },
  120_000,
)
