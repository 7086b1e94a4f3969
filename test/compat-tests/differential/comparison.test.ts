import { differencesOf } from '../../../compat-tests/differential/comparison'
import { type Outcome, Stage } from '../../../compat-tests/differential/stage'
import { Heartbeat } from '../../../protocol/messages/12-heartbeat'
import { ListGroups } from '../../../protocol/messages/16-list-groups'

const stageWith = (...outcomes: Outcome[]): Stage => {
  const stage = Stage.at({ host: 'localhost', port: 9092 }, 's')
  for (const outcome of outcomes) {
    stage.exchanges.push({ request: outcome.kind === 'answer' ? `${outcome.api.name} 4` : 'a frame', outcome })
  }
  return stage
}

const heartbeat = (errorCode: number): Outcome => ({ kind: 'answer', api: Heartbeat, answer: { errorCode } })
const groups = (...groupIds: string[]): Outcome => ({
  kind: 'answer',
  api: ListGroups,
  answer: { errorCode: 0, groups: groupIds.map(groupId => ({ groupId })) },
})

const compare = (ours: Stage, theirs: Stage) => differencesOf(ours, theirs, 0)

test('equal answers have no differences', () => {
  expect(compare(stageWith(heartbeat(0), groups('b', 'a')), stageWith(heartbeat(0), groups('a', 'b')))).toEqual([])
})

test('a difference tells the step, the field and both values', () => {
  expect(compare(stageWith(heartbeat(0), heartbeat(25)), stageWith(heartbeat(0), heartbeat(27)))).toEqual([
    {
      where: 'step 2, Heartbeat 4: errorCode',
      path: 'Heartbeat.errorCode',
      ours: '"UNKNOWN_MEMBER_ID"',
      theirs: '"REBALANCE_IN_PROGRESS"',
    },
  ])
})

test('what only one side has is a difference', () => {
  expect(compare(stageWith(groups('a')), stageWith(groups('a', 'b')))).toMatchObject([
    { path: 'ListGroups.groups[b]', ours: 'null', theirs: '{"groupId":"b"}' },
  ])
})

test('where one side closes the connection, nothing after it is compared', () => {
  expect(compare(stageWith({ kind: 'closed' }), stageWith(heartbeat(0), heartbeat(25)))).toMatchObject([
    { where: 'step 1, a frame: ', ours: '"the connection was closed"' },
  ])
})
