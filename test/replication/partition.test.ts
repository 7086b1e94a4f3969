import { ErrorCode } from '../../protocol/errors'
import { type BatchInput, encodeBatch } from '../../protocol/records/record-batch'
import type { Acks, Partition } from '../../src/replication/partition'
import { PartitionWorld, partitionState, replicated } from '../support/hosted-partitions'
import { record } from '../support/log-directories'

const {
  FENCED_LEADER_EPOCH,
  KAFKA_STORAGE_ERROR,
  NONE,
  NOT_ENOUGH_REPLICAS,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  NOT_LEADER_OR_FOLLOWER,
  UNKNOWN_LEADER_EPOCH,
  UNKNOWN_TOPIC_OR_PARTITION,
} = ErrorCode

let world: PartitionWorld

beforeEach(async () => {
  world = await PartitionWorld.start({ crashable: true })
})

afterEach(() => world.close())

const append = (partition: Partition, acks: Acks = 1, batch: Partial<BatchInput> = {}) =>
  partition.append(encodeBatch({ records: [record('v')], ...batch }), acks, {
    origin: batch.isTransactional ? 'coordinator' : 'client',
    now: world.clock.now(),
  })

/** Notes the outcome of a wait as soon as there is one. */
const waitFor = (partition: Partition, offset: number, acks: Acks) => {
  const wait: { outcome: number | null; giveUp(): void } = { outcome: null, giveUp: () => {} }
  wait.giveUp = partition.whenAcknowledged(offset, acks, errorCode => {
    expect(wait.outcome).toBeNull()
    wait.outcome = errorCode
  })
  return wait
}

/** Counts how often it is told of something. */
const watch = (partition: Partition) => {
  const watcher = { count: 0, partitionAdvanced: () => watcher.count++ }
  partition.watch(watcher)
  return watcher
}

describe('whom it serves', () => {
  test('a client that knows the leader epoch in force, or none', () => {
    const partition = world.partition(partitionState({ leaderEpoch: 5 }))
    expect(partition.isLeader).toBe(true)
    expect([-1, 5].map(epoch => partition.checkLeader(epoch))).toEqual([NONE, NONE])
    expect([0, 4, -2].map(epoch => partition.checkLeader(epoch))).toEqual(Array(3).fill(FENCED_LEADER_EPOCH))
    expect(partition.checkLeader(6)).toBe(UNKNOWN_LEADER_EPOCH)
  })

  test('nobody while another broker leads, and those with the wrong epoch hear of that first', () => {
    const partition = world.partition(replicated([1, 2, 3], { leader: 2, leaderEpoch: 5 }))
    expect(partition.isLeader).toBe(false)
    expect([-1, 5, 4, 6].map(epoch => partition.checkLeader(epoch))).toEqual([
      NOT_LEADER_OR_FOLLOWER,
      NOT_LEADER_OR_FOLLOWER,
      FENCED_LEADER_EPOCH,
      UNKNOWN_LEADER_EPOCH,
    ])
    expect(append(partition)).toMatchObject({ errorCode: NOT_LEADER_OR_FOLLOWER, baseOffset: -1 })
  })

  test('nobody when its log is offline', () => {
    const partition = world.partition()
    partition.log.abandon()
    expect(partition.checkLeader(-1)).toBe(KAFKA_STORAGE_ERROR)
    expect(append(partition)).toMatchObject({ errorCode: KAFKA_STORAGE_ERROR })
    expect(waitFor(partition, 0, 1).outcome).toBe(KAFKA_STORAGE_ERROR)
    expect(waitFor(partition, 0, -1).outcome).toBe(KAFKA_STORAGE_ERROR)
  })

  test('nobody when it was closed, whatever else is wrong', () => {
    const partition = world.partition()
    partition.close(UNKNOWN_TOPIC_OR_PARTITION)
    partition.log.abandon()
    expect(partition.isLeader).toBe(false)
    expect(partition.checkLeader(9)).toBe(UNKNOWN_TOPIC_OR_PARTITION)
    expect(append(partition)).toMatchObject({ errorCode: UNKNOWN_TOPIC_OR_PARTITION })
    expect(waitFor(partition, 0, 1).outcome).toBe(UNKNOWN_TOPIC_OR_PARTITION)
  })
})

describe('with this broker as the only replica', () => {
  test('what is written is acknowledged and visible at once, and not before', async () => {
    const partition = world.partition()
    const watcher = watch(partition)
    const { lastOffset } = append(partition)
    const waits = [waitFor(partition, lastOffset, 1), waitFor(partition, lastOffset, -1)]
    expect(waits.map(({ outcome }) => outcome)).toEqual([null, null])
    expect([partition.highWatermark, watcher.count]).toEqual([0, 0])
    await world.timers.settle()
    expect(waits.map(({ outcome }) => outcome)).toEqual([NONE, NONE])
    expect([partition.highWatermark, watcher.count]).toEqual([1, 1])
  })

  test('who waits for what is there already does not wait', async () => {
    const partition = world.partition()
    const { lastOffset } = append(partition)
    await world.timers.settle()
    for (const acks of [1, -1] as const) expect(waitFor(partition, lastOffset, acks).outcome).toBe(NONE)
  })

  test('who gives up is told nothing', async () => {
    const partition = world.partition()
    const { lastOffset } = append(partition)
    const waits = [waitFor(partition, lastOffset, 1), waitFor(partition, lastOffset, -1)]
    for (const wait of waits) wait.giveUp()
    await world.timers.settle()
    expect(waits.map(({ outcome }) => outcome)).toEqual([null, null])
  })

  test('what an earlier run left in the log is visible', async () => {
    const first = world.partition()
    append(first)
    await world.timers.settle()
    first.log.highWatermark = 0
    expect(world.partition().highWatermark).toBe(1)
  })

  test('the high watermark does not go down when the leader epoch goes up', async () => {
    const partition = world.partition()
    append(partition)
    await world.timers.settle()
    partition.update(partitionState({ leaderEpoch: 1 }))
    expect([partition.highWatermark, partition.leaderEpoch]).toEqual([1, 1])
    expect(append(partition).errorCode).toBe(NONE)
    await world.timers.settle()
    expect(partition.log.latestLeaderEpoch).toBe(1)
  })
})

describe('the leader epoch in force', () => {
  const endOf = ({ log }: Partition, epochs: readonly number[]) =>
    epochs.map(epoch => Object.values(log.endOffsetForEpoch(epoch)))

  test('is known to a log without records', () => {
    const partition = world.partition(partitionState({ leaderEpoch: 2 }))
    expect(partition.log).toMatchObject({ latestLeaderEpoch: 2 })
    expect(partition.log.leaderEpochAt(0)).toBe(2)
    // Nothing is known of those before, but that they end where this one begins.
    expect(endOf(partition, [0, 1, 2, 3])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [-1, -1],
    ])
  })

  test('begins at the end of the log, and one without records gives way to it', async () => {
    const partition = world.partition()
    append(partition)
    await world.timers.settle()
    for (const leaderEpoch of [1, 2, 3]) partition.update(partitionState({ leaderEpoch }))
    expect(endOf(partition, [0, 1, 2, 3])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [3, 1],
    ])
    append(partition)
    await world.timers.settle()
    expect(endOf(partition, [2, 3])).toEqual([
      [0, 1],
      [3, 2],
    ])
  })

  test('begins behind what the last leader has queued', async () => {
    const partition = world.partition()
    append(partition)
    partition.update(partitionState({ leaderEpoch: 1 }))
    await world.timers.settle()
    expect(endOf(partition, [0, 1])).toEqual([
      [0, 1],
      [1, 1],
    ])
  })

  test('of another leader begins with the first of its records', () => {
    const partition = world.partition(replicated([1, 2], { leader: 2, leaderEpoch: 4 }))
    expect(partition.log.latestLeaderEpoch).toBe(-1)
    partition.update(replicated([1, 2], { leader: 1, leaderEpoch: 5 }))
    expect(partition.log.latestLeaderEpoch).toBe(5)
  })

  test.each([
    ['a clean stop', () => world.close()],
    ['a crash of the machine', async () => world.crash({ keepPageCache: false })],
    ['a crash of the process', async () => world.crash({ keepPageCache: true })],
  ])('after %s is another one, and those before are as they were', async (_, stop) => {
    const [empty, filled] = [world.partition(), world.partition(partitionState(), 1)]
    append(filled)
    await world.timers.settle()
    await world.run(filled.log.flush())
    // Elected once more, without writing anything.
    for (const partition of [empty, filled]) partition.update(partitionState({ leaderEpoch: 1 }))
    await stop()
    await world.open()
    for (const index of [0, 1]) {
      const epochs = endOf(world.partition(partitionState({ leaderEpoch: 2 }), index), [0, 1, 2])
      expect(epochs).toEqual(
        index === 0
          ? [
              [0, 0],
              [1, 0],
              [2, 0],
            ]
          : [
              [0, 1],
              [0, 1],
              [2, 1],
            ],
      )
    }
  })

  test('costs no file as long as nothing is written', async () => {
    const partition = world.partition()
    const { folder } = partition.log
    await world.close()
    await world.open()
    world.partition(partitionState({ leaderEpoch: 1 }))
    await world.close()
    expect(world.disk.list(folder)).not.toContain('leader-epoch-checkpoint')
    await world.open()
  })
})

describe('with other replicas', () => {
  test('acks 1 waits for this broker only, acks -1 for all that are in sync', async () => {
    const partition = world.partition(replicated())
    const { lastOffset } = append(partition, -1)
    const [own, all] = [waitFor(partition, lastOffset, 1), waitFor(partition, lastOffset, -1)]
    await world.timers.settle()
    expect([own.outcome, all.outcome]).toEqual([NONE, null])
    expect(partition.highWatermark).toBe(0)
  })

  test('acks -1 is refused while too few are in sync, acks 1 is not', async () => {
    const partition = world.partition(replicated([1]))
    expect(append(partition, -1)).toMatchObject({ errorCode: NOT_ENOUGH_REPLICAS, baseOffset: -1 })
    expect(append(partition, 1)).toMatchObject({ errorCode: NONE, baseOffset: 0 })
    await world.timers.settle()
    expect(partition.log.logEndOffset).toBe(1)
    expect(partition.highWatermark).toBe(0)
  })

  test('the high watermark moves on when nobody else is in sync and nobody else is needed', async () => {
    const partition = world.partition(replicated([1, 2], { minIsr: 1 }))
    const { lastOffset } = append(partition, -1)
    const wait = waitFor(partition, lastOffset, -1)
    const watcher = watch(partition)
    await world.timers.settle()
    expect([wait.outcome, partition.highWatermark]).toEqual([null, 0])
    partition.update(replicated([1], { minIsr: 1 }))
    expect([wait.outcome, partition.highWatermark]).toEqual([NONE, 1])
    expect(watcher.count).toBeGreaterThan(0)
  })

  test('who waits for replicas is told when too few are left in sync', async () => {
    const partition = world.partition(replicated([1, 2]))
    const { lastOffset } = append(partition, -1)
    const wait = waitFor(partition, lastOffset, -1)
    await world.timers.settle()
    partition.update(replicated([1]))
    expect(partition.highWatermark).toBe(0)
    partition.log.highWatermark = 1
    partition.update(replicated([1]))
    expect(wait.outcome).toBe(NOT_ENOUGH_REPLICAS_AFTER_APPEND)
    expect(waitFor(partition, lastOffset, -1).outcome).toBe(NOT_ENOUGH_REPLICAS_AFTER_APPEND)
  })
})

describe('every wait ends once', () => {
  test('when another broker leads', async () => {
    const partition = world.partition(replicated())
    const watcher = watch(partition)
    const { lastOffset } = append(partition, -1)
    const waits = [waitFor(partition, lastOffset, 1), waitFor(partition, lastOffset, -1)]
    partition.update(replicated([1, 2, 3], { leader: 2, leaderEpoch: 1 }))
    expect(waits.map(({ outcome }) => outcome)).toEqual([NOT_LEADER_OR_FOLLOWER, NOT_LEADER_OR_FOLLOWER])
    expect(watcher.count).toBe(1)
    await world.timers.settle()
  })

  test('when the disk fails', async () => {
    const partition = world.partition(replicated())
    const watcher = watch(partition)
    const { lastOffset } = append(partition, -1)
    const waits = [waitFor(partition, lastOffset, 1), waitFor(partition, lastOffset, -1)]
    world.disk.faults.failNext('write', 'EIO')
    await world.timers.settle()
    expect(waits.map(({ outcome }) => outcome)).toEqual([KAFKA_STORAGE_ERROR, KAFKA_STORAGE_ERROR])
    expect(watcher.count).toBe(1)
  })

  test('when the partition is closed; the log may go on without it', async () => {
    const partition = world.partition(replicated())
    const watcher = watch(partition)
    const { lastOffset } = append(partition, -1)
    const waits = [waitFor(partition, lastOffset, 1), waitFor(partition, lastOffset, -1)]
    partition.close(UNKNOWN_TOPIC_OR_PARTITION)
    expect(waits.map(({ outcome }) => outcome)).toEqual([UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_OR_PARTITION])
    await world.timers.settle()
    expect(watcher.count).toBe(1)
    expect(partition.log.logEndOffset).toBe(1)
  })
})

test('what consumers may read ends at the high watermark, or below an open transaction', async () => {
  const partition = world.partition()
  append(partition)
  append(partition, 1, { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true })
  append(partition)
  await world.timers.settle()
  expect([partition.visibleEnd(false), partition.visibleEnd(true)]).toEqual([3, 1])
})

test('a watcher that went away is not told', async () => {
  const partition = world.partition()
  const watcher = watch(partition)
  partition.unwatch(watcher)
  append(partition)
  await world.timers.settle()
  expect(watcher.count).toBe(0)
})
