import { errorName } from '../../protocol/errors'
import { ConsumerGroupDescribe } from '../../protocol/messages/69-consumer-group-describe'
import { startGroupBroker } from '../support/group-broker'

test.each([0, 1])('version %i says of a group that does not exist neither state nor operations', async version => {
  const { broker } = await startGroupBroker()
  const request = { groupIds: ['none'], includeAuthorizedOperations: true }
  const { groups } = await broker.ask(ConsumerGroupDescribe, version, request)
  expect(groups).toMatchObject([{ groupId: 'none', groupState: '', authorizedOperations: -2_147_483_648 }])
  expect(errorName(groups[0]!.errorCode)).toBe('GROUP_ID_NOT_FOUND')
  await broker.close()
})
