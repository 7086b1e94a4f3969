import { ErrorCode } from '../../protocol/errors'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { AppendResult } from '../../src/log/log-append'
import type { Acks, Partition } from '../../src/replication/partition'
import { appendToPartitions } from '../../src/replication/partition-append'
import { PartitionWorld, partitionState, replicated } from '../support/hosted-partitions'
import { record, topicConfig } from '../support/log-directories'

const { CORRUPT_MESSAGE, KAFKA_STORAGE_ERROR, NONE, NOT_ENOUGH_REPLICAS, NOT_LEADER_OR_FOLLOWER, REQUEST_TIMED_OUT } =
  ErrorCode
const TIMEOUT_MS = 1000
const ALONE = replicated([1], { minIsr: 1 })

let world: PartitionWorld
let timersBefore: number

beforeEach(async () => {
  world = await PartitionWorld.start()
  timersBefore = world.timers.pendingCount
})

afterEach(() => world.close())

/** Appends one batch to each partition; `outcome` has the results as soon as they are there. */
const append = (
  partitions: readonly Partition[],
  acks: Acks,
  records = () => encodeBatch({ records: [record('v')] }),
) => {
  const answer = appendToPartitions(
    partitions.map(partition => ({ partition, records: records() })),
    { acks, timeoutMs: TIMEOUT_MS, now: world.clock.now(), timers: world.timers, verification: undefined },
  )
  const call: { outcome: AppendResult[] | null } = { outcome: null }
  if (answer instanceof Promise) {
    void answer.then(results => {
      call.outcome = results
    })
  } else call.outcome = answer
  return call
}

const codes = (call: { outcome: AppendResult[] | null }) => call.outcome?.map(({ errorCode }) => errorCode) ?? null

test('with acks 0 nothing is waited for', () => {
  const call = append([world.partition(), world.partition(replicated(), 1)], 0)
  expect(codes(call)).toEqual([NONE, NONE])
})

test('with acks 0 who is faster than the disk waits for it', async () => {
  world.config = topicConfig({ flushMessages: 1 })
  const partition = world.partition()
  append([partition], 0)
  const flushed = partition.log.flush()
  const call = append([partition], 0)
  await null
  expect(call.outcome).toBeNull()
  await world.run(flushed)
  await world.timers.settle()
  expect(codes(call)).toEqual([NONE])
  expect(codes(append([partition], 0))).toEqual([NONE])
})

test.each([1, -1] as const)('with acks %i the answer comes when all partitions have written', async acks => {
  const call = append([world.partition(partitionState(), 0), world.partition(partitionState(), 1)], acks)
  await null
  expect(call.outcome).toBeNull()
  await world.timers.settle()
  expect(codes(call)).toEqual([NONE, NONE])
  expect(world.timers.pendingCount).toBe(timersBefore)
})

test('with acks -1 the answer comes when the last partition is replicated', async () => {
  const [first, second] = [world.partition(replicated(), 0), world.partition(replicated(), 1)]
  const call = append([first, second], -1)
  await world.timers.settle()
  expect(call.outcome).toBeNull()
  second.update(ALONE)
  await world.timers.settle()
  expect(call.outcome).toBeNull()
  first.update(ALONE)
  await world.timers.settle()
  expect(codes(call)).toEqual([NONE, NONE])
  expect(world.timers.pendingCount).toBe(timersBefore)
})

test('what is not replicated in time is told as such; the records stay', async () => {
  const [slow, quick] = [world.partition(replicated(), 0), world.partition(partitionState(), 1)]
  const call = append([slow, quick], -1)
  await world.timers.advance(TIMEOUT_MS - 1)
  expect(call.outcome).toBeNull()
  await world.timers.advance(1)
  expect(call.outcome).toMatchObject([
    { errorCode: REQUEST_TIMED_OUT, baseOffset: 0 },
    { errorCode: NONE, baseOffset: 0 },
  ])
  expect(slow.log.logEndOffset).toBe(1)
  // What happens later changes no answer.
  slow.update(ALONE)
  expect(codes(call)).toEqual([REQUEST_TIMED_OUT, NONE])
})

test('with acks 1 there is no limit in time: it waits for this disk alone', async () => {
  const call = append([world.partition(replicated())], 1)
  expect(world.timers.pendingCount).toBe(timersBefore)
  await world.timers.settle()
  expect(codes(call)).toEqual([NONE])
})

test('a partition that refuses is answered beside those that take', async () => {
  const elsewhere = world.partition(replicated([1, 2], { leader: 2 }), 1)
  const call = append([world.partition(partitionState(), 0), elsewhere, world.partition(replicated([1]), 2)], -1)
  await world.timers.settle()
  expect(call.outcome).toMatchObject([
    { errorCode: NONE, baseOffset: 0 },
    { errorCode: NOT_LEADER_OR_FOLLOWER, baseOffset: -1 },
    { errorCode: NOT_ENOUGH_REPLICAS, baseOffset: -1 },
  ])
})

test('when all refuse the answer is there at once', () => {
  const call = append([world.partition()], -1, () => {
    const batch = encodeBatch({ records: [record('v')] })
    batch[batch.length - 1]! ^= 1
    return batch
  })
  expect(codes(call)).toEqual([CORRUPT_MESSAGE])
})

test.each([1, -1] as const)('with acks %i a disk that fails is told', async acks => {
  const call = append([world.partition(replicated([1, 2]))], acks)
  world.disk.faults.failNext('write', 'EIO')
  await world.timers.settle()
  expect(codes(call)).toEqual([KAFKA_STORAGE_ERROR])
  expect(world.timers.pendingCount).toBeLessThanOrEqual(timersBefore)
})

test('a leader that is deposed says so to those who wait', async () => {
  const partition = world.partition(replicated())
  const call = append([partition], -1)
  await world.timers.settle()
  partition.update(replicated([2, 3], { leader: 2, leaderEpoch: 1 }))
  await world.timers.settle()
  expect(codes(call)).toEqual([NOT_LEADER_OR_FOLLOWER])
  expect(world.timers.pendingCount).toBe(timersBefore)
})

test('a duplicate waits until the first of its kind is replicated', async () => {
  const partition = world.partition(replicated())
  const batch = () => encodeBatch({ records: [record('v')], producerId: 5, producerEpoch: 0, baseSequence: 0 })
  const [first, again] = [append([partition], -1, batch), append([partition], -1, batch)]
  await world.timers.settle()
  expect([first.outcome, again.outcome]).toEqual([null, null])
  partition.update(ALONE)
  await world.timers.settle()
  expect([first.outcome, again.outcome]).toMatchObject([
    [{ errorCode: NONE, baseOffset: 0 }],
    [{ errorCode: NONE, baseOffset: 0 }],
  ])
  expect(partition.log.logEndOffset).toBe(1)
})
