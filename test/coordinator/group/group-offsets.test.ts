import { GroupOffsets } from '../../../src/coordinator/group/group-offsets'
import { ZERO_TOPIC_ID } from '../../../src/metadata/topic-id'

const offset = (value: number) => ({
  offset: value,
  leaderEpoch: -1,
  metadata: '',
  commitTimestamp: 0,
  expireTimestamp: -1,
  topicId: ZERO_TOPIC_ID,
})
const PRODUCER = 7

test('offsets of a transaction count when it is committed, and never when it is aborted', () => {
  const offsets = new GroupOffsets()
  offsets.commitPending(PRODUCER, 'group', 'topic', 0, offset(5))
  expect([offsets.isPending('group', 'topic', 0), offsets.isPending('group', 'topic', 1)]).toEqual([true, false])
  expect(offsets.find('group', 'topic', 0)).toBeUndefined()
  offsets.endTransaction(PRODUCER, true)
  expect(offsets.find('group', 'topic', 0)).toMatchObject({ offset: 5 })
  offsets.commitPending(PRODUCER, 'group', 'topic', 0, offset(9))
  offsets.endTransaction(PRODUCER, false)
  expect(offsets.find('group', 'topic', 0)).toMatchObject({ offset: 5 })
  expect([offsets.isPending('group', 'topic', 0), offsets.hasPending('group')]).toEqual([false, false])
})

test('a commit that came after the offset of an open transaction stays when that is committed', () => {
  const offsets = new GroupOffsets()
  offsets.commitPending(PRODUCER, 'group', 'topic', 0, offset(5))
  offsets.commit('group', 'topic', 0, offset(6))
  offsets.endTransaction(PRODUCER, true)
  expect(offsets.find('group', 'topic', 0)).toMatchObject({ offset: 6 })
})

test('transactions of several producers and groups end one by one', () => {
  const offsets = new GroupOffsets()
  offsets.commitPending(1, 'a', 'topic', 0, offset(10))
  offsets.commitPending(1, 'b', 'topic', 0, offset(11))
  offsets.commitPending(2, 'a', 'topic', 0, offset(20))
  offsets.endTransaction(1, true)
  expect([offsets.find('a', 'topic', 0)?.offset, offsets.find('b', 'topic', 0)?.offset]).toEqual([10, 11])
  expect([offsets.hasPending('a'), offsets.hasPending('b')]).toEqual([true, false])
  offsets.endTransaction(2, true)
  expect(offsets.find('a', 'topic', 0)?.offset).toBe(20)
})

test('what is forgotten is not brought back by a transaction that was open', () => {
  const offsets = new GroupOffsets()
  offsets.commit('group', 'topic', 0, offset(1))
  offsets.commitPending(PRODUCER, 'group', 'topic', 1, offset(2))
  expect(offsets.partitionsOf('group')).toEqual(new Map([['topic', new Set([0, 1])]]))
  offsets.forget('group', 'topic', 0)
  offsets.forget('group', 'topic', 1)
  offsets.endTransaction(PRODUCER, true)
  expect([offsets.ofGroup('group'), offsets.partitionsOf('group').size]).toEqual([undefined, 0])
})
