import { ErrorCode } from '../../protocol/errors'
import { type BatchInput, encodeBatch } from '../../protocol/records/record-batch'
import type { FetchTarget } from '../../src/replication/fetch-session'
import { type FetchOptions, fetchPartitions } from '../../src/replication/fetch-wait'
import type { Partition } from '../../src/replication/partition'
import type { FetchedPartition, FetchRead } from '../../src/replication/partition-fetch'
import { valuesOf } from '../support/batches'
import { PartitionWorld, partitionState, replicated } from '../support/hosted-partitions'
import { record } from '../support/log-directories'

const { KAFKA_STORAGE_ERROR, NONE, NOT_LEADER_OR_FOLLOWER, OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode
const MAX_WAIT_MS = 500
const BATCH_BYTES = encodeBatch({ records: [record('v')] }).length

let world: PartitionWorld
let timersBefore: number

beforeEach(async () => {
  world = await PartitionWorld.start()
  timersBefore = world.timers.pendingCount
})

afterEach(() => world.close())

const append = (partition: Partition, value: string, batch: Partial<BatchInput> = {}): void => {
  const records = encodeBatch({ records: [record(value)], ...batch })
  const origin = batch.isTransactional ? 'coordinator' : 'client'
  expect(partition.append(records, 1, { origin, now: world.clock.now() }).errorCode).toBe(NONE)
}

const readOf = (partition: Partition, wanted: Partial<FetchTarget> = {}): FetchRead => ({
  partition,
  errorCode: NONE,
  target: {
    topic: partition.topic,
    topicId: partition.topicId,
    partition: partition.index,
    currentLeaderEpoch: -1,
    fetchOffset: 0,
    lastFetchedEpoch: -1,
    maxBytes: 1 << 20,
    ...wanted,
  },
})

interface Fetch {
  results: readonly FetchedPartition[] | null
  interrupt: () => void
  readonly isRegistered: boolean
}

const fetch = (reads: readonly FetchRead[], more: Partial<FetchOptions> = {}): Fetch => {
  const options = { maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes: 1 << 20, committedOnly: false, ...more }
  let interrupt: (() => void) | null = null
  const call = {
    results: null as readonly FetchedPartition[] | null,
    interrupt: () => interrupt?.(),
    get isRegistered() {
      return interrupt !== null
    },
  }
  const answer = fetchPartitions(reads, options, world.timers, answerNow => {
    interrupt = answerNow
    return () => {
      interrupt = null
    }
  })
  if (answer instanceof Promise) {
    void answer.then(results => {
      call.results = results
    })
  } else call.results = answer
  return call
}

/** Values by partition, an error code instead of them; null: not answered yet. */
const told = ({ results }: Fetch): (string | number)[] | null =>
  results?.map(({ errorCode, records }) =>
    errorCode === NONE ? valuesOf(Buffer.concat(records)).join('') : errorCode,
  ) ?? null

/** Nothing runs any more for the sake of a fetch. */
const expectNothingLeft = (call: Fetch): void => {
  expect(world.timers.pendingCount).toBe(timersBefore)
  expect(call.isRegistered).toBe(false)
}

describe('a fetch that has to wait', () => {
  test('is answered when its time is over', async () => {
    const call = fetch([readOf(world.partition())])
    await world.timers.advance(MAX_WAIT_MS - 1)
    expect(told(call)).toBeNull()
    await world.timers.advance(1)
    expect(told(call)).toEqual([''])
    expectNothingLeft(call)
  })

  test('is answered when it is interrupted', async () => {
    const call = fetch([readOf(world.partition())])
    call.interrupt()
    await world.timers.settle()
    expect(told(call)).toEqual([''])
    expectNothingLeft(call)
  })

  test('does not wait when it is interrupted before it begins', async () => {
    const partition = world.partition()
    const options = { maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes: 1 << 20, committedOnly: false }
    const answer = fetchPartitions([readOf(partition)], options, world.timers, answerNow => {
      answerNow()
      return () => {}
    })
    expect(await answer).toHaveLength(1)
    expect(world.timers.pendingCount).toBe(timersBefore)
  })

  test('is answered by what is written, once it may be seen', async () => {
    const partition = world.partition(replicated())
    const call = fetch([readOf(partition)])
    append(partition, 'a')
    await world.timers.settle()
    expect(told(call)).toBeNull()
    partition.update(replicated([1], { minIsr: 1 }))
    await world.timers.settle()
    expect(told(call)).toEqual(['a'])
    expectNothingLeft(call)
  })

  test('waits for as many bytes as it wants, over all its partitions', async () => {
    const partitions = [0, 1, 2].map(index => world.partition(partitionState(), index))
    append(partitions[0]!, 'a')
    await world.timers.settle()
    const call = fetch(
      partitions.map(partition => readOf(partition)),
      { minBytes: 3 * BATCH_BYTES },
    )
    append(partitions[1]!, 'b')
    await world.timers.settle()
    expect(told(call)).toBeNull()
    append(partitions[2]!, 'c')
    await world.timers.settle()
    expect(told(call)).toEqual(['a', 'b', 'c'])
  })

  test('counts what was on its way when it began', async () => {
    const partition = world.partition()
    append(partition, 'a')
    const call = fetch([readOf(partition)], { minBytes: 2 * BATCH_BYTES })
    append(partition, 'b')
    await world.timers.settle()
    expect(told(call)).toEqual(['ab'])
  })

  test('is not misled by what was on its way', async () => {
    const partition = world.partition(replicated())
    append(partition, 'a')
    await world.timers.settle()
    const call = fetch([readOf(partition)], { minBytes: 3 * BATCH_BYTES })
    append(partition, 'b')
    partition.update(replicated([1], { minIsr: 1 }))
    await world.timers.settle()
    expect(told(call)).toBeNull()
    append(partition, 'c')
    await world.timers.settle()
    expect(told(call)).toEqual(['abc'])
    expectNothingLeft(call)
  })

  test('counts what a transaction held back when it ends', async () => {
    const partition = world.partition()
    append(partition, 'a', { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    append(partition, 'b')
    await world.timers.settle()
    const call = fetch([readOf(partition)], { committedOnly: true, minBytes: 3 * BATCH_BYTES })
    world.endTransaction(partition, 1)
    await world.timers.settle()
    expect(told(call)).toEqual(['ab'])
  })

  test('is answered with less than it wants when its time is over', async () => {
    const partition = world.partition()
    const call = fetch([readOf(partition)], { minBytes: 10 * BATCH_BYTES })
    append(partition, 'a')
    await world.timers.advance(MAX_WAIT_MS)
    expect(told(call)).toEqual(['a'])
  })

  test('hears of what came while it was reading from the disk', async () => {
    const [cold, empty] = [world.partition(partitionState(), 0), world.partition(partitionState(), 1)]
    append(cold, 'a')
    await world.timers.settle()
    const read = cold.log.read.bind(cold.log)
    const asynchronous = jest.spyOn(cold.log, 'read').mockImplementation(async options => read(options))
    const call = fetch([readOf(empty), readOf(cold)], { minBytes: 2 * BATCH_BYTES })
    append(empty, 'b')
    await world.timers.settle()
    expect(told(call)).toEqual(['b', 'a'])
    asynchronous.mockRestore()
  })

  test('for committed records is answered when their transaction ends', async () => {
    const partition = world.partition()
    append(partition, 'a', { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    await world.timers.settle()
    const call = fetch([readOf(partition)], { committedOnly: true })
    append(partition, 'b')
    await world.timers.settle()
    expect(told(call)).toBeNull()
    world.endTransaction(partition, 1)
    await world.timers.settle()
    expect(told(call)).toEqual(['ab'])
  })
})

describe('a waiting fetch ends when its partition', () => {
  test('is cut below its offset', async () => {
    const partition = world.partition()
    append(partition, 'a')
    append(partition, 'b')
    await world.timers.settle()
    const call = fetch([readOf(partition, { fetchOffset: 2 })])
    await world.run(partition.log.truncateTo(1))
    await world.timers.settle()
    expect(told(call)).toEqual([OFFSET_OUT_OF_RANGE])
    expectNothingLeft(call)
  })

  test('is closed', async () => {
    const [partition, other] = [world.partition(partitionState(), 0), world.partition(partitionState(), 1)]
    const call = fetch([readOf(partition), readOf(other)])
    partition.close(UNKNOWN_TOPIC_OR_PARTITION)
    await world.timers.settle()
    expect(told(call)).toEqual([UNKNOWN_TOPIC_OR_PARTITION, ''])
    expectNothingLeft(call)
  })

  test('gets another leader', async () => {
    const partition = world.partition(replicated())
    const call = fetch([readOf(partition)])
    partition.update(replicated([1, 2, 3], { leader: 3, leaderEpoch: 1 }))
    await world.timers.settle()
    expect(told(call)).toEqual([NOT_LEADER_OR_FOLLOWER])
  })

  test('loses its disk', async () => {
    const partition = world.partition()
    const call = fetch([readOf(partition)])
    append(partition, 'a')
    world.disk.faults.failNext('write', 'EIO')
    await world.timers.settle()
    expect(told(call)).toEqual([KAFKA_STORAGE_ERROR])
    expect(call.isRegistered).toBe(false)
  })

  test('lost its disk while another one was being read', async () => {
    const [cold, failing] = [world.partition(partitionState(), 0), world.partition(partitionState(), 1)]
    append(cold, 'a')
    await world.timers.settle()
    const read = cold.log.read.bind(cold.log)
    const asynchronous = jest.spyOn(cold.log, 'read').mockImplementation(async options => {
      failing.log.abandon()
      return read(options)
    })
    const call = fetch([readOf(failing), readOf(cold)], { minBytes: 2 * BATCH_BYTES })
    await world.timers.settle()
    expect(told(call)).toEqual([KAFKA_STORAGE_ERROR, 'a'])
    asynchronous.mockRestore()
  })
})

test('a new leader epoch alone does not end a wait', async () => {
  const partition = world.partition()
  const call = fetch([readOf(partition)])
  partition.update(partitionState({ leaderEpoch: 1 }))
  await world.timers.settle()
  expect(told(call)).toBeNull()
  await world.timers.advance(MAX_WAIT_MS)
})

test('a disk that fails while it is read is told', async () => {
  const partition = world.partition()
  append(partition, 'a')
  await world.timers.settle()
  const failing = jest.spyOn(partition.log, 'read').mockImplementation(async ({ offset }) => {
    partition.log.abandon()
    return {
      errorCode: KAFKA_STORAGE_ERROR,
      records: [],
      sizeInBytes: 0,
      logStartOffset: 0,
      firstOffset: -1,
      nextOffset: offset,
    }
  })
  const call = fetch([readOf(partition)])
  await world.timers.settle()
  expect(told(call)).toEqual([KAFKA_STORAGE_ERROR])
  failing.mockRestore()
})
