import { Produce } from '../../protocol/messages/00-produce'
import { Metadata } from '../../protocol/messages/03-metadata'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { ListGroups } from '../../protocol/messages/16-list-groups'
import type { Api } from '../../protocol/schema/api'
import { FaultError } from '../../src'
import { checkFault } from '../../src/faults/fault-options'

const apis = new Map<string, Api>([Produce, Metadata, JoinGroup, ListGroups].map(api => [api.name, api]))

test.each([
  { api: 'Produce', topic: 't', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 },
  { clientId: 'c', delayMs: 0.5 },
  { api: 'JoinGroup', groupId: 'g', disconnect: true, when: 'after', delayMs: 10 },
  { topic: 't', groupId: 'g', drop: true, probability: 0.5, seed: -3 },
])('this makes sense: %j', given => {
  expect(checkFault(given, apis)).toEqual(given)
})

test('options that are not given need no value', () => {
  expect(checkFault({ api: undefined, drop: true }, apis)).toEqual({ drop: true })
})

test.each([
  [null, 'a fault is an object'],
  [[], 'a fault is an object'],
  [{ drop: true, tmes: 1 }, 'a fault has no option tmes; did you mean times?'],
  [
    { drop: true, api: 'Prodce' },
    'api is "Prodce", but must be the name of an API that is served; did you mean Produce?',
  ],
  [{ drop: true, api: 'toString' }, 'but must be the name of an API that is served'],
  [{ error: 'NOT_LEADER' }, 'error is "NOT_LEADER", but must be the name of an error of Kafka'],
  [{ error: 'NOT_COORDINATR' }, 'did you mean NOT_COORDINATOR?'],
  [{ error: 'NONE' }, 'but must be the name of an error of Kafka'],
  [{ drop: true, topic: '' }, 'but must be a text that is not empty'],
  [{ drop: 'yes' }, 'but must be true or false'],
  [{ delayMs: -1 }, 'but must be a number from 0'],
  [{ drop: true, times: 0 }, 'but must be a whole number from 1'],
  [{ drop: true, probability: 0 }, 'but must be a number above 0'],
  [{ drop: true, probability: 1.5 }, 'probability is 1.5, but must be a number above 0, 1 at most'],
  [{ drop: true, seed: 0.5 }, 'but must be a whole number'],
  [{ disconnect: true, when: 'later' }, 'but must be before or after'],
  [{ drop: true, when: 'after' }, 'when belongs to disconnect'],
  [{ drop: true, disconnect: true }, 'only one of error, disconnect and drop'],
  [{ api: 'Produce' }, 'one of error, delayMs, disconnect and drop has to say what happens'],
  [{ drop: false }, 'one of error, delayMs, disconnect and drop has to say what happens'],
  [{ drop: true, api: 'JoinGroup', topic: 't' }, 'requests of JoinGroup name no topics'],
  [{ drop: true, api: 'ListGroups', groupId: 'g' }, 'requests of ListGroups name no group'],
])('this does not, and the error says why: %j', (given, message) => {
  expect(() => checkFault(given, apis)).toThrow(FaultError)
  expect(() => checkFault(given, apis)).toThrow(message)
})
