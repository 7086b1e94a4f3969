import { ErrorCode } from '../../protocol/errors'
import {
  OffsetForLeaderEpoch,
  type OffsetForLeaderEpochRequest,
} from '../../protocol/messages/23-offset-for-leader-epoch'
import type { InputOf } from '../../protocol/schema/message'
import { batchOf, START_MS } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Wanted = NonNullable<
  NonNullable<InputOf<typeof OffsetForLeaderEpochRequest>['topics']>[number]['partitions']
>[number]

const { FENCED_LEADER_EPOCH, NONE, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode

let broker: TestBroker

/** Records of epochs 2 (offsets 0-1), 5 (2-4) and 6 (5), as if the partition had changed its leader. */
beforeAll(async () => {
  broker = await TestBroker.start()
  await broker.createTopic('t')
  const { log } = broker.partition('t')
  for (const [leaderEpoch, values] of [
    [2, ['a', 'b']],
    [5, ['c', 'd', 'e']],
    [6, ['f']],
  ] as const) {
    const result = log.append(batchOf(values), { leaderEpoch, origin: 'client', now: START_MS })
    expect(result.errorCode).toBe(NONE)
  }
  await broker.timers.settle()
})

afterAll(() => broker.close())

const ask = async (version: number, wanted: Wanted, topic = 't') => {
  const topics = [{ topic, partitions: [{ partition: 0, ...wanted }] }]
  const answer = await broker.ask(OffsetForLeaderEpoch, version, { replicaId: -1, topics })
  return answer.topics[0]!.partitions[0]!
}

test.each([2, 3, 4])('version %i tells where an epoch ends', async version => {
  const end = async (leaderEpoch: number) => {
    const answer = await ask(version, { leaderEpoch })
    expect(answer).toMatchObject({ partition: 0, errorCode: NONE })
    return [answer.leaderEpoch, answer.endOffset]
  }
  expect(await end(2)).toEqual([2, 2])
  expect(await end(5)).toEqual([5, 5])
  expect(await end(6)).toEqual([6, 6])
  // Of an epoch without records the one before is told.
  expect(await end(4)).toEqual([2, 2])
  // Before the first epoch there is nothing in common.
  expect(await end(1)).toEqual([1, 0])
  expect(await end(7)).toEqual([-1, -1])
  expect(await end(-1)).toEqual([-1, -1])
})

test.each([2, 3, 4])('version %i refuses clients with a leader epoch that is not in force', async version => {
  const code = async (currentLeaderEpoch: number) =>
    (await ask(version, { leaderEpoch: 2, currentLeaderEpoch })).errorCode
  expect([await code(-1), await code(0), await code(1), await code(-2)]).toEqual([
    NONE,
    NONE,
    UNKNOWN_LEADER_EPOCH,
    FENCED_LEADER_EPOCH,
  ])
})

test.each([2, 3, 4])('version %i: topics and partitions that are not there', async version => {
  const unknown = { errorCode: UNKNOWN_TOPIC_OR_PARTITION, leaderEpoch: -1, endOffset: -1 }
  expect(await ask(version, { leaderEpoch: 0 }, 'nope')).toMatchObject(unknown)
  expect(await ask(version, { leaderEpoch: 0, partition: 1 })).toMatchObject(unknown)
})
