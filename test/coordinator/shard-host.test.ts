import { CompressionType } from '../../protocol/compression/codec'
import { ErrorCode } from '../../protocol/errors'
import { encodeBatch } from '../../protocol/records/record-batch'
import {
  CoordinatorFailure,
  type CoordinatorShard,
  type LoggedRecord,
  type ShardTimers,
  type Transition,
} from '../../src/coordinator/coordinator-shard'
import { ShardHost, type ShardLogOptions } from '../../src/coordinator/shard-host'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { Partition } from '../../src/replication/partition'
import { clean, compactedWorld, put as putPairs, roll } from '../support/compacted-log'
import { eventually } from '../support/eventually'
import { outcomeOf } from '../support/group-world'
import { BROKER_ID, partitionState } from '../support/hosted-partitions'
import { LogWorld, valuesOf } from '../support/log-directories'

/** Remembers what was replayed; null forgets. */
class Register implements CoordinatorShard {
  readonly values = new Map<string, string>()
  readonly timers: ShardTimers<Register>
  activated = 0
  closedWith = 0

  constructor(timers: ShardTimers<Register>) {
    this.timers = timers
  }

  replay({ key, value }: LoggedRecord): void {
    if (value === null) this.values.delete(key.toString())
    else this.values.set(key.toString(), value.toString())
  }

  replayMarker(): void {}

  activate(): void {
    this.activated++
  }

  close(errorCode: number): void {
    this.closedWith = errorCode
  }
}

const record = (key: string, value: string | null) => ({
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})
const put = (key: string, value: string | null) => () => ({
  records: [record(key, value)],
  response: `${key}=${value}`,
})

/** A host over a log on a disk whose writes can be held: every write is flushed, which is never done synchronously. */
class HostWorld {
  readonly held: (() => void)[] = []
  isHolding = false
  readonly logs: LogWorld
  readonly shards: Register[] = []
  partition!: Partition
  host!: ShardHost<Register>

  private constructor(maxMessageBytes: number) {
    const disk = new MemoryDisk({ schedule: complete => (this.isHolding ? this.held.push(complete) : complete()) })
    this.logs = new LogWorld({ disk, config: { maxMessageBytes, flushMessages: 1 } })
  }

  static async open(maxMessageBytes = 10_000, log: ShardLogOptions = {}): Promise<HostWorld> {
    const world = new HostWorld(maxMessageBytes)
    await world.logs.open()
    world.partition = new Partition({ log: world.logs.log(), state: partitionState(), brokerId: BROKER_ID })
    world.begin(log)
    await world.logs.run(world.host.loaded)
    return world
  }

  begin(log: ShardLogOptions = {}): void {
    const { clock, timers, logger } = this.logs
    const makeShard = (shardTimers: ShardTimers<Register>) => {
      const shard = new Register(shardTimers)
      this.shards.push(shard)
      return shard
    }
    this.host = new ShardHost<Register>({ partition: this.partition, makeShard, clock, timers, logger, ...log })
  }

  /** As `ShardHost` has it, but always with a promise. */
  async run<Response>(operation: (shard: Register, now: number) => Transition<Response>): Promise<Response> {
    return this.host.run(operation)
  }

  async ask<Response>(question: (shard: Register, now: number) => Response): Promise<Response> {
    return this.host.ask(question)
  }

  settle(): Promise<void> {
    return this.logs.timers.settle()
  }

  async release(): Promise<void> {
    this.isHolding = false
    for (const complete of this.held.splice(0)) complete()
    await this.settle()
  }

  get values() {
    return Object.fromEntries(this.host.shard!.values)
  }
}

/** The response, or the error code. */
const response = (promise: Promise<unknown>) =>
  outcomeOf(promise.catch((error: unknown) => (error instanceof CoordinatorFailure ? error.errorCode : error)))

describe('a transition', () => {
  test('is seen by the next one at once, and answered when its records are written', async () => {
    const world = await HostWorld.open()
    world.isHolding = true
    const [first, second] = [response(world.run(put('a', '1'))), response(world.ask(({ values }) => values.get('a')))]
    await world.settle()
    expect([world.values, first.value, second.value]).toEqual([{ a: '1' }, undefined, undefined])
    await world.release()
    expect([first.value, second.value]).toEqual(['a=1', '1'])
  })

  test('shares its batch with others of the same turn', async () => {
    const world = await HostWorld.open()
    const before = world.partition.log.sizeInBytes
    const outcomes = ['a', 'b', 'c'].map(key => response(world.run(put(key, '1'))))
    await world.settle()
    expect(outcomes.map(({ value }) => value)).toEqual(['a=1', 'b=1', 'c=1'])
    const size = encodeBatch({ records: ['a', 'b', 'c'].map(key => ({ ...record(key, '1'), timestamp: 0 })) }).length
    expect(world.partition.log.sizeInBytes - before).toBe(size)
  })

  test('begins another batch when the one of the turn is full', async () => {
    const world = await HostWorld.open(1_000)
    const outcomes = Array.from({ length: 10 }, (_, at) => response(world.run(put(`key ${at}`, 'x'.repeat(300)))))
    await world.settle()
    expect(outcomes.filter(({ value }) => typeof value === 'string')).toHaveLength(10)
    expect(await valuesOf(world.partition.log)).toHaveLength(10)
  })

  test('with more than fits into a batch is refused, with nothing written and the shard as it was', async () => {
    const world = await HostWorld.open(1_000)
    const refusals: number[] = []
    const records = Array.from({ length: 10 }, (_, at) => record(`${at}`, 'x'.repeat(300)))
    const refused = response(
      world.run(() => ({ records, response: 'done', afterRefusal: code => refusals.push(code) })),
    )
    await world.settle()
    expect([refused.value, refusals, world.values]).toEqual([
      ErrorCode.RECORD_LIST_TOO_LARGE,
      [ErrorCode.RECORD_LIST_TOO_LARGE],
      {},
    ])
    const parts = response(world.run(() => ({ records, response: 'done', isAtomic: false })))
    await world.settle()
    expect([parts.value, world.host.shard!.values.size]).toEqual(['done', 10])
  })

  test('with more than fits into a batch is written when it does so compressed', async () => {
    const world = await HostWorld.open(1_000, { compression: CompressionType.gzip })
    const records = Array.from({ length: 10 }, (_, at) => record(`${at}`, 'x'.repeat(300)))
    const outcomes = [
      response(world.run(put('before', '1'))),
      response(world.run(() => ({ records, response: 'done' }))),
      response(world.run(put('after', '1'))),
    ]
    await world.settle()
    expect(outcomes.map(({ value }) => value)).toEqual(['before=1', 'done', 'after=1'])
    expect((await valuesOf(world.partition.log)).map(value => value.length)).toEqual([1, ...Array(10).fill(300), 1])
    const random = Array.from({ length: 10 }, (_, at) => record(`${at}`, world.logs.random.bytes(200).toString('hex')))
    const refused = response(world.run(() => ({ records: random, response: 'done' })))
    await world.settle()
    expect([refused.value, world.host.shard!.values.get('0')]).toEqual([
      ErrorCode.RECORD_LIST_TOO_LARGE,
      'x'.repeat(300),
    ])
  })

  test('without records is answered at once, without a promise, when nothing is under way', async () => {
    const world = await HostWorld.open()
    await world.logs.run(world.run(put('a', '1')))
    expect(world.host.ask(({ values }) => values.get('a'))).toBe('1')
    expect(world.host.run(() => ({ records: [], response: 'done' }))).toBe('done')
  })
})

describe('what could not be written', () => {
  test('is forgotten: the shard reads its log anew, and whoever waits is told', async () => {
    const world = await HostWorld.open()
    await world.logs.run(world.run(put('a', '1')))
    const lost = response(world.run(put('a', '2')))
    // In the same turn, behind the transition.
    world.partition.update({ ...world.partition.state, minIsr: 2 })
    await world.settle()
    expect([lost.value, world.values, world.shards.length]).toEqual([ErrorCode.NOT_ENOUGH_REPLICAS, { a: '1' }, 2])
    expect(world.shards[0]!.closedWith).toBe(ErrorCode.NOT_ENOUGH_REPLICAS)
  })

  test('is not tried while it is known to fail: nothing happens at all', async () => {
    const world = await HostWorld.open()
    world.partition.update({ ...world.partition.state, minIsr: 2 })
    const operation = jest.fn(put('a', '1'))
    const refused = response(world.run(operation))
    await world.settle()
    expect([refused.value, operation.mock.calls.length, world.shards.length]).toEqual([
      ErrorCode.NOT_ENOUGH_REPLICAS,
      0,
      1,
    ])
    expect(await world.ask(() => 'still here')).toBe('still here')
  })

  test('does not take with it what is still on its way to the disk: the new shard waits for that', async () => {
    const world = await HostWorld.open()
    world.isHolding = true
    const effects: string[] = []
    const first = response(world.run(() => ({ ...put('a', '1')(), afterReplication: () => effects.push('old shard') })))
    await world.settle()
    const second = response(world.run(put('a', '2')))
    world.partition.update({ ...world.partition.state, minIsr: 2 })
    await world.settle()
    expect([second.value, world.host.shard]).toEqual([ErrorCode.NOT_ENOUGH_REPLICAS, null])
    world.partition.update({ ...world.partition.state, minIsr: 1 })
    await world.release()
    await world.settle()
    expect([first.value, world.values, effects]).toEqual(['a=1', { a: '1' }, []])
  })

  test('because the disk failed makes the coordinator go, after one attempt to read the log', async () => {
    const world = await HostWorld.open()
    world.logs.disk.faults.failWhen(({ operation }) => operation === 'write', 'EIO')
    const outcomes = [response(world.run(put('a', '1'))), response(world.run(put('b', '1')))]
    await world.settle()
    expect(outcomes.map(({ value }) => value)).toEqual(Array(2).fill(ErrorCode.KAFKA_STORAGE_ERROR))
    const later = response(world.ask(() => 1))
    await world.settle()
    expect(later.value).toBe(ErrorCode.NOT_COORDINATOR)
  })
})

describe('loading', () => {
  const filled = async (records: number) => {
    const world = await HostWorld.open(1_000_000)
    const value = 'x'.repeat(10_000)
    for (let at = 0; at < records; at++) {
      void world.run(put(`key ${at}`, value))
      await world.settle()
    }
    world.host.close(ErrorCode.NOT_COORDINATOR)
    return world
  }

  test('brings back what was written, and lets other work through between slices', async () => {
    const world = await filled(300)
    let turns = 0
    const count = () => world.logs.timers.endOfTurn(() => world.host.shard === null && ++turns && count())
    world.begin()
    count()
    const early = response(world.ask(() => 1))
    await world.logs.run(world.host.loaded)
    expect([early.value, world.host.shard!.values.size]).toEqual([ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, 300])
    expect(turns).toBeGreaterThanOrEqual(3)
  })

  test.each([
    [undefined, 1_048_576],
    [5_242_880, 1_048_576],
    [4_000, 4_000],
  ])('with a buffer of %p bytes reads %i at once', async (loadBufferBytes, maxBytes) => {
    const world = await filled(300)
    const read = jest.spyOn(world.partition.log, 'read')
    world.begin({ loadBufferBytes })
    await world.logs.run(world.host.loaded)
    expect(world.host.shard!.values.size).toBe(300)
    expect(new Set(read.mock.calls.map(([options]) => options.maxBytes))).toEqual(new Set([maxBytes]))
  })

  test('reads what was written with a codec', async () => {
    const world = await HostWorld.open()
    world.begin({ compression: CompressionType.gzip })
    await world.logs.run(world.host.loaded)
    const before = world.partition.log.sizeInBytes
    response(world.run(put('a', 'x'.repeat(5_000))))
    await world.settle()
    expect(world.partition.log.sizeInBytes - before).toBeLessThan(500)
    world.begin()
    await world.logs.run(world.host.loaded)
    expect(world.values).toEqual({ a: 'x'.repeat(5_000) })
  })

  test('sees what is appended to the partition while it goes on', async () => {
    const world = await filled(300)
    world.begin()
    world.partition.append(encodeBatch({ records: [{ ...record('late', '1'), timestamp: 0 }] }), -1, {
      origin: 'coordinator',
      now: 0,
    })
    await world.logs.run(world.host.loaded)
    expect(world.host.shard!.values.get('late')).toBe('1')
  })

  test('reads once more what was compacted meanwhile', async () => {
    let isHolding = false
    const held: (() => void)[] = []
    const disk = new MemoryDisk({ schedule: complete => (isHolding ? held.push(complete) : complete()) })
    const logs = await compactedWorld({}, { disk })
    for (let at = 0; at < 60; at++) await putPairs(logs, [`key ${at % 7}=${at}`])
    await roll(logs)
    await logs.close()
    await logs.open()
    const partition = new Partition({ log: logs.log(), state: partitionState(), brokerId: BROKER_ID })
    const { clock, timers, logger } = logs
    isHolding = true
    const makeShard = (shardTimers: ShardTimers<Register>) => new Register(shardTimers)
    const host = new ShardHost<Register>({ partition, makeShard, clock, timers, logger, loadBufferBytes: 100 })
    await eventually(() => held.length === 1)
    isHolding = false
    await clean(logs)
    expect(logger.at('info').map(({ message }) => message)).toEqual(['compacted a log'])
    held[0]!()
    await logs.run(host.loaded)
    expect(logger.at('error')).toEqual([])
    const last = Object.fromEntries([53, 54, 55, 56, 57, 58, 59].map(at => [`key ${at % 7}`, String(at)]))
    expect(Object.fromEntries(host.shard!.values)).toMatchObject(last)
  })

  test('is given up when the leadership is lost', async () => {
    const world = await filled(300)
    world.begin()
    world.host.close(ErrorCode.NOT_COORDINATOR)
    await world.settle()
    expect([world.host.shard, world.shards.at(-1)!.activated]).toEqual([null, 0])
  })
})

describe('timers of a shard', () => {
  test('run transitions, and are gone with the shard', async () => {
    const world = await HostWorld.open()
    const { timers } = world.host.shard!
    timers.set('one', 100, () => ({ ...put('a', '1')(), response: undefined }))
    timers.set('two', 200, () => ({ ...put('a', '2')(), response: undefined }))
    await world.logs.timers.advance(150)
    expect(world.values).toEqual({ a: '1' })
    const pending = world.logs.timers.pendingCount
    world.host.close(ErrorCode.NOT_COORDINATOR)
    expect(world.logs.timers.pendingCount).toBe(pending - 1)
  })

  test('wait while nothing can be written', async () => {
    const world = await HostWorld.open()
    world.host.shard!.timers.set('one', 100, () => ({ ...put('a', '1')(), response: undefined }))
    world.partition.update({ ...world.partition.state, minIsr: 2 })
    await world.logs.timers.advance(10_000)
    expect([world.values, world.shards.length]).toEqual([{}, 1])
    world.partition.update({ ...world.partition.state, minIsr: 1 })
    await world.logs.timers.advance(500)
    expect(world.values).toEqual({ a: '1' })
  })

  test('that fail by a mistake are reported', async () => {
    const world = await HostWorld.open()
    world.host.shard!.timers.set('one', 1, () => {
      throw new Error('a mistake')
    })
    await world.logs.timers.advance(1)
    expect(world.logs.logger.at('error').map(({ message }) => message)).toEqual([
      'a coordinator failed at something that was due',
    ])
  })
})
