import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeRecords, iterateBatches } from '../../../../protocol/records/record-batch'
import { recordTypeOf } from '../../../../protocol/schema/coordinator-record'
import type { CoordinatorRecord } from '../../../../src/coordinator/coordinator-shard'
import { ConsumerGroup } from '../../../../src/coordinator/group/consumer/consumer-group'
import {
  assignmentEpochRecord,
  consumerGroupRecords,
  consumerGroupTombstones,
  currentAssignmentRecord,
  groupEpochRecord,
  memberRecord,
  memberTombstones,
  regexRecord,
  regexTombstone,
  targetAssignmentRecord,
} from '../../../../src/coordinator/group/consumer/consumer-records'
import { consumerReplayOf, replayInto } from '../../../../src/coordinator/group/consumer/consumer-replay'

/** What Kafka 4.3.1 wrote. */
const LOG = readFileSync(join(__dirname, '../../../golden/groups/consumer-offsets.log'))
const EPOCH = 3
const MEMBER = 5
const TARGET_EPOCH = 6
const TARGET = 7
const CURRENT = 8
const REGEX = 16

const kafkaRecords = (): CoordinatorRecord[] =>
  Array.from(iterateBatches(LOG)).flatMap(({ position }) =>
    decodeRecords(LOG, position, { maxBytes: 1e6 }).flatMap(({ key, value }) =>
      key !== null && consumerReplayOf(recordTypeOf(key)) ? [{ key: Buffer.from(key), value }] : [],
    ),
  )

test('each record of Kafka is written again with the same bytes from what was made of it', () => {
  const group = new ConsumerGroup('modern')
  const seen = new Set<number>()
  for (const record of kafkaRecords()) {
    replayInto(group, [record])
    if (record.value === null) continue
    const type = recordTypeOf(record.key)
    seen.add(type)
    const member = [...group.members.values()].find(({ memberId }) => record.key.includes(memberId))
    const again = new Map<number, () => CoordinatorRecord>([
      [EPOCH, () => groupEpochRecord('modern', group.groupEpoch, group.metadataHash)],
      [MEMBER, () => memberRecord('modern', member!)],
      [TARGET_EPOCH, () => assignmentEpochRecord('modern', group.assignmentEpoch, group.assignmentTimestamp)],
      [TARGET, () => targetAssignmentRecord('modern', member!.memberId, group.target(member!.memberId))],
      [CURRENT, () => currentAssignmentRecord('modern', member!)],
      [REGEX, () => regexRecord('modern', ...[...group.subscriptions.resolved][0]!)],
    ]).get(type)!()
    expect({ type, key: again.key.toString('hex'), value: again.value!.toString('hex') }).toEqual({
      type,
      key: record.key.toString('hex'),
      value: record.value.toString('hex'),
    })
  }
  expect([...seen].sort((a, b) => a - b)).toEqual([EPOCH, MEMBER, TARGET_EPOCH, TARGET, CURRENT])
})

describe('records', () => {
  const build = (): ConsumerGroup => {
    const group = new ConsumerGroup('group')
    const member = {
      ...group.memberOrNew('a'),
      memberEpoch: 4,
      previousMemberEpoch: 3,
      state: 1,
      instanceId: 'static',
      subscribedTopicNames: new Set(['topic']),
      subscribedTopicRegex: 't.*',
      assigned: new Map([
        [
          'AAAAAAAAAAAAAAAAAAAAAQ',
          new Map([
            [0, 4],
            [2, 3],
          ]),
        ],
      ]),
      pendingRevocation: new Map([['AAAAAAAAAAAAAAAAAAAAAg', new Map([[1, 2]])]]),
      classic: { sessionTimeoutMs: 6_000, protocols: [{ name: 'range', metadata: Buffer.from('m') }] },
    }
    group.putMember(member)
    group.targets.set('a', new Map([['AAAAAAAAAAAAAAAAAAAAAQ', [0, 2]]]))
    Object.assign(group, { groupEpoch: 5, metadataHash: -7n, assignmentEpoch: 4, assignmentTimestamp: 99 })
    return group
  }

  test('of a whole group make the same group again, in whatever order they come', () => {
    const records = consumerGroupRecords(build())
    for (const order of [records, records.toReversed()]) {
      const group = new ConsumerGroup('group')
      replayInto(group, order)
      expect(group.members).toEqual(build().members)
      expect(group.targets).toEqual(build().targets)
      expect(group).toMatchObject({ groupEpoch: 5, metadataHash: -7n, assignmentEpoch: 4, assignmentTimestamp: 99 })
      expect(group.ownerOf('AAAAAAAAAAAAAAAAAAAAAg', 1)).toBe('a')
    }
  })

  test('that take a member or a group away leave nothing, and may come twice', () => {
    const group = build()
    replayInto(group, [regexRecord('group', 't.*', { topics: new Set(['topic']), version: 1, timestamp: 2 })])
    const tombstones = [
      ...consumerGroupTombstones(group),
      ...memberTombstones('group', 'a'),
      regexTombstone('group', 't.*'),
    ]
    replayInto(group, tombstones)
    replayInto(group, tombstones)
    expect([group.members.size, group.targets.size, group.subscriptions.resolved.size]).toEqual([0, 0, 0])
    expect(group.ownerOf('AAAAAAAAAAAAAAAAAAAAAQ', 0)).toBeUndefined()
    expect(group.staticMember('static')).toBeUndefined()
  })

  test('before Kafka 4.3, without epochs of partitions, count as assigned in the epoch of the member', () => {
    const group = new ConsumerGroup('group')
    const member = build().members.get('a')!
    const record = currentAssignmentRecord('group', {
      ...member,
      assigned: new Map([['AAAAAAAAAAAAAAAAAAAAAQ', new Map()]]),
    })
    replayInto(group, [record])
    expect(group.members.get('a')!.pendingRevocation.get('AAAAAAAAAAAAAAAAAAAAAg')).toEqual(new Map([[1, 2]]))
  })
})
