import { errorName } from '../../protocol/errors'
import { DescribeGroups } from '../../protocol/messages/15-describe-groups'
import { stableGroup, startGroupBroker, TOPIC } from '../support/group-broker'
import { subscription } from '../support/subscription'
import type { TestBroker } from '../support/test-broker'

const NOT_ASKED = -2_147_483_648
let broker: TestBroker

beforeAll(async () => {
  broker = (await startGroupBroker()).broker
})

afterAll(() => broker.close())

test.each([0, 1, 2, 3, 4, 5, 6])('version %i describes a group and its members', async version => {
  const groupId = `group ${version}`
  const { memberId } = await stableGroup(broker, groupId, { groupInstanceId: 'instance' })
  const { groups } = await broker.ask(DescribeGroups, version, {
    groups: [groupId],
    ...(version >= 3 && { includeAuthorizedOperations: true }),
  })
  expect(groups).toMatchObject([
    {
      errorCode: 0,
      groupId,
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      members: [
        {
          memberId,
          groupInstanceId: version >= 4 ? 'instance' : null,
          clientId: 'test',
          memberMetadata: subscription(TOPIC),
          memberAssignment: Buffer.from('everything'),
        },
      ],
    },
  ])
  // Read, delete, describe, and describe and alter its settings.
  expect(groups[0]!.authorizedOperations).toBe(version >= 3 ? 3400 : NOT_ASKED)
})

test.each([
  [5, 'NONE', null],
  [6, 'GROUP_ID_NOT_FOUND', 'Group none not found.'],
])('version %i says %s of a group that does not exist', async (version, error, message) => {
  const { groups } = await broker.ask(DescribeGroups, version, {
    groups: ['none', 'none too'],
    includeAuthorizedOperations: version >= 6,
  })
  expect(groups).toHaveLength(2)
  expect(groups[0]).toMatchObject({
    groupId: 'none',
    groupState: 'Dead',
    errorMessage: message,
    members: [],
    authorizedOperations: NOT_ASKED,
  })
  expect(errorName(groups[0]!.errorCode)).toBe(error)
})
