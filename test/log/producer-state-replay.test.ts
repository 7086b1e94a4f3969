import fc from 'fast-check'
import { iterateBatches } from '../../protocol/records/record-batch'
import { silentLogger } from '../../src/io/logger'
import type { PartitionLog } from '../../src/log/partition-log'
import { decodeProducerSnapshot } from '../../src/log/producer-snapshot'
import { ProducerState } from '../../src/log/producer-state'
import type { ProducerStateFields } from '../../src/log/producer-state-entry'
import { replayBatch } from '../../src/log/producer-state-replay'
import { kafkaData } from '../support/kafka-data'
import { appendBatch, endTransaction, LogWorld } from '../support/log-directories'

/** What is known of producers when every batch of the log is applied in order, without snapshots. */
const replayed = async (log: PartitionLog): Promise<ProducerState> => {
  const producers = new ProducerState()
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const read = await log.read({ offset, maxBytes: 1_000_000, upTo: log.logEndOffset, minOneBatch: true })
    for (const buffer of read.records) {
      for (const { position, header } of iterateBatches(buffer)) replayBatch(producers, header, buffer, position)
    }
    offset = read.nextOffset
  }
  producers.settleBelow(log.highWatermark)
  return producers
}

const byId = <Entry extends { readonly producerId: number }>(entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => a.producerId - b.producerId)

type Step =
  | {
      readonly kind: 'append'
      readonly producerId: number
      readonly isTransactional: boolean
      readonly isNewEpoch: boolean
    }
  | { readonly kind: 'end'; readonly producerId: number; readonly isCommit: boolean; readonly isNewEpoch: boolean }
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'reopen' | 'kill' | 'retry' }

const producerId = fc.integer({ min: 1, max: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      producerId,
      isTransactional: fc.boolean(),
      isNewEpoch: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      producerId,
      isCommit: fc.boolean(),
      isNewEpoch: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('truncate' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'kill' as const, 'retry' as const) }) },
)

class ProducersOfOneLog {
  readonly world = new LogWorld({ config: { segmentBytes: 500 } })

  get log(): PartitionLog {
    return this.world.log()
  }

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        this.#append(step.producerId, step.isTransactional, step.isNewEpoch)
        break
      case 'end':
        endTransaction(this.log, { ...step, producerEpoch: this.#epochOf(step.producerId) + (step.isNewEpoch ? 1 : 0) })
        break
      case 'truncate':
        await this.world.run(this.log.truncateTo(Math.floor(step.at * (this.log.nextOffset + 1))))
        break
      case 'reopen':
        await this.world.close()
        await this.world.open()
        break
      case 'kill':
        await this.world.timers.settle()
        this.world.crash({ keepPageCache: true })
        await this.world.open()
        break
      case 'retry':
        this.#retryAll()
        break
    }
    await this.world.timers.settle()
    this.log.highWatermark = this.log.logEndOffset
  }

  async check(): Promise<void> {
    const reference = await replayed(this.log)
    expect(byId(this.log.activeProducers())).toEqual(byId(reference.describe()))
    expect(this.log.lastStableOffset).toBe(Math.min(this.log.highWatermark, reference.firstUnstableOffset))
  }

  #known(producerId: number) {
    return this.log.activeProducers().find(producer => producer.producerId === producerId)
  }

  #epochOf(producerId: number): number {
    return Math.max(0, this.#known(producerId)?.producerEpoch ?? 0)
  }

  #append(producerId: number, isTransactional: boolean, isNewEpoch: boolean): void {
    const known = this.#known(producerId)
    const isOpen = (known?.currentTxnStartOffset ?? -1) >= 0
    const result = appendBatch(this.log, {
      producerId,
      producerEpoch: this.#epochOf(producerId) + (isNewEpoch ? 1 : 0),
      baseSequence: isNewEpoch ? 0 : (known?.lastSequence ?? -1) + 1,
      isTransactional: isTransactional || isOpen,
    })
    expect(result.errorCode).toBe(0)
  }

  /** The last batch of every producer, once more: nothing is written. */
  #retryAll(): void {
    const before = this.log.nextOffset
    for (const { producerId, producerEpoch, lastSequence } of this.log.activeProducers()) {
      if (lastSequence < 0) continue
      const retry = { producerId, producerEpoch, baseSequence: lastSequence, isTransactional: true }
      expect(appendBatch(this.log, retry).errorCode).toBe(0)
    }
    expect(this.log.nextOffset).toBe(before)
  }
}

test('what is known of producers is what all batches tell, through rolls, cuts, restarts and kills', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async steps => {
      const producers = new ProducersOfOneLog()
      await producers.world.open()
      for (const each of steps) {
        await producers.do(each)
        await producers.check()
      }
    }),
    { numRuns: 100 },
  )
})

describe('of a log that Apache Kafka wrote', () => {
  const open = async (isClean: boolean) => {
    const disk = kafkaData('stopped')
    const world = new LogWorld({ disk, config: { retentionMs: -1 } })
    if (isClean) disk.open('/.kafka_cleanshutdown', 'create').close()
    await world.open({ paths: ['/'], clusterId: clusterIdOf(disk), logger: silentLogger })
    return world
  }
  const clusterIdOf = (disk: ReturnType<typeof kafkaData>): string =>
    /cluster\.id=(\S+)/.exec(disk.readFile('/meta.properties')!.toString())![1]!

  const snapshotsOf = (disk: ReturnType<typeof kafkaData>, folder: string): [string, ProducerStateFields[]][] =>
    disk
      .list(folder)
      .filter(name => name.endsWith('.snapshot'))
      .map(name => [name, byId(decodeProducerSnapshot(disk.readFile(`${folder}/${name}`)!)!)])

  test('the state is that of its snapshots, read from them or from the batches', async () => {
    const clean = (await open(true)).directories
    const unclean = (await open(false)).directories
    for (const log of clean.logs()) {
      const reference = await replayed(log)
      const other = unclean.get(log.topic, log.partition)!
      for (const candidate of [log, other]) {
        expect(byId(candidate.activeProducers())).toEqual(byId(reference.describe()))
        expect(candidate.lastStableOffset).toBe(candidate.highWatermark)
      }
    }
  })

  test('a recovery writes the snapshots again that it wrote', async () => {
    const original = kafkaData('stopped')
    const { disk } = await open(false)
    const folder = '/transactions-0'
    const ours = new Map(snapshotsOf(disk, folder))
    expect(ours.size).toBeGreaterThan(1)
    for (const [name, producers] of snapshotsOf(original, folder)) expect(ours.get(name)).toEqual(producers)
  })
})
