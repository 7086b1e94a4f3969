import { errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { DeleteGroups } from '../../protocol/messages/42-delete-groups'
import { stableGroup, startGroupBroker, TOPIC } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = (await startGroupBroker()).broker
})

afterEach(() => broker.close())

test.each([0, 1, 2])('version %i deletes what has no members', async version => {
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }]
  for (const groupId of ['simple', '']) {
    await broker.ask(OffsetCommit, 9, { groupId, generationIdOrMemberEpoch: -1, memberId: '', topics })
  }
  await stableGroup(broker, 'busy')
  const remove = async (...groupsNames: string[]) => {
    const { results } = await broker.ask(DeleteGroups, version, { groupsNames })
    return results.map(({ groupId, errorCode }) => [groupId, errorName(errorCode)])
  }
  expect(await remove('simple', 'busy', 'unknown', '', 'simple')).toEqual([
    ['simple', 'NONE'],
    ['busy', 'NON_EMPTY_GROUP'],
    ['unknown', 'GROUP_ID_NOT_FOUND'],
    ['', 'NONE'],
  ])
  expect(await remove('simple')).toEqual([['simple', 'GROUP_ID_NOT_FOUND']])
})
