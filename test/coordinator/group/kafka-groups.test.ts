import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { OffsetCommit } from '../../../protocol/records-on-disk/offset-commit'
import { encodeRecordKey, encodeRecordValue } from '../../../protocol/schema/coordinator-record'
import { GroupWorld, OFFSETS_TOPIC } from '../../support/group-world'
import { DATA } from '../../support/log-directories'

const GOLDEN = join(__dirname, '../../golden/groups')

interface Expected {
  readonly groups: readonly { groupId: string; groupState: string; groupType: string; protocolType: string }[]
  readonly offsets: Readonly<Record<string, readonly { topic: string; partition: number; offset: number }[]>>
  readonly described: readonly {
    groupId: string
    groupState: string
    protocolData: string
    members: readonly object[]
  }[]
}

const expected: Expected = JSON.parse(readFileSync(join(GOLDEN, 'expected.json'), 'utf8'))

/** A coordinator that has loaded what Kafka wrote. */
const loaded = async (): Promise<GroupWorld> => {
  const world = await GroupWorld.open()
  world.host.close(16)
  await world.logs.close()
  const file = world.logs.disk.open(`${DATA}/${OFFSETS_TOPIC}-0/00000000000000000000.log`, 'create')
  file.writeSync([readFileSync(join(GOLDEN, 'consumer-offsets.log'))], 0)
  file.close()
  // As after the death of the process: the indexes are made anew from the log.
  await world.crash({ keepPageCache: true })
  return world
}

const fetchAll = async (world: GroupWorld, groupId: string) => {
  const { topics } = await world.run(world.groups.fetch({ groupId, topics: null, requireStable: false }))
  return topics
    .flatMap(({ topic, partitions }) => partitions.map(({ errorCode: _, ...offset }) => ({ topic, ...offset })))
    .sort((a, b) => `${a.topic} ${a.partition}`.localeCompare(`${b.topic} ${b.partition}`))
}

test('every group of Kafka has the offsets that Kafka tells, those of the consumer protocol too', async () => {
  const world = await loaded()
  for (const [groupId, offsets] of Object.entries(expected.offsets)) {
    expect([groupId, await fetchAll(world, groupId)]).toEqual([groupId, offsets])
  }
})

test('the groups of both protocols are those that Kafka lists', async () => {
  const world = await loaded()
  const { groups } = await world.run(world.groups.list([], []))
  expect(groups.sort((a, b) => a.groupId.localeCompare(b.groupId))).toEqual(expected.groups)
})

test('members of Kafka have the same subscriptions and assignments', async () => {
  const world = await loaded()
  for (const { groupId, groupState, protocolData, members } of expected.described) {
    const described = await world.run(world.groups.describe(groupId, 5))
    expect(described).toMatchObject({ groupState, protocolData })
    const found = described.members.map(member => ({
      ...member,
      memberMetadata: member.memberMetadata.toString('base64'),
      memberAssignment: member.memberAssignment.toString(),
    }))
    expect(found.sort((a, b) => a.memberId.localeCompare(b.memberId))).toEqual(
      [...members].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    )
  }
})

test('an offset of an open transaction is not there yet, and is unstable for those who ask for stable ones', async () => {
  const world = await loaded()
  const fetch = async (requireStable: boolean) => {
    const wanted = [{ topic: 'orders', partitions: [0] }]
    const { topics } = await world.run(world.groups.fetch({ groupId: 'open', topics: wanted, requireStable }))
    return topics[0]!.partitions[0]
  }
  expect(await fetch(false)).toMatchObject({ offset: -1, errorCode: 0 })
  expect(await fetch(true)).toMatchObject({ offset: -1, errorCode: 88 })
})

test('keys of old logs are read, and records of types that are not known leave everything as it is', async () => {
  const world = await GroupWorld.open()
  const key = encodeRecordKey(OffsetCommit, { group: 'old', topic: 'topic', partition: 1 })
  const value = encodeRecordValue(OffsetCommit, { offset: 77, metadata: 'm', commitTimestamp: 5 }, 0)
  const legacy = Buffer.from(key)
  legacy.writeInt16BE(0, 0)
  const unknown = Buffer.from(key)
  unknown.writeInt16BE(99, 0)
  const records = [
    { key: legacy, value, timestamp: 0 },
    { key: unknown, value: Buffer.from('?'), timestamp: 0 },
    { key: unknown, value: null, timestamp: 0 },
  ]
  world.partition.append(encodeBatch({ records }), -1, { origin: 'coordinator', now: 0 })
  await world.settle()
  await world.restart()
  expect(await world.committed('old', 1)).toBe(77)
})
