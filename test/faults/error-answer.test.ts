import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { DescribeGroups } from '../../protocol/messages/15-describe-groups'
import { DeleteTopics } from '../../protocol/messages/20-delete-topics'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { AddPartitionsToTxn } from '../../protocol/messages/24-add-partitions-to-txn'
import { DescribeConfigs } from '../../protocol/messages/32-describe-configs'
import { AlterReplicaLogDirs } from '../../protocol/messages/34-alter-replica-log-dirs'
import { DescribeLogDirs } from '../../protocol/messages/35-describe-log-dirs'
import type { Api } from '../../protocol/schema/api'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'
import { errorAnswer } from '../../src/faults/error-answer'
import type { Structure } from '../../src/faults/request-names'

const recoded = (definition: Api['request'], version: number, value: object): unknown => {
  const writer = new Writer()
  writerOf(definition, version)(writer, value)
  return readerOf(definition, version)(new Reader(Buffer.concat(writer.finish())))
}

/** The error answer to a request, as a client gets it. */
const answerTo = <A extends Api>(
  api: A,
  version: number,
  request: InputOf<A['request']>,
  errorCode: number,
): MessageOf<A['response']> => {
  const decoded = recoded(api.request, version, request) as Structure
  const answer = errorAnswer(api, version, decoded, { errorCode, isOfTopics: false })
  return recoded(api.response, version, answer) as MessageOf<A['response']>
}

const NOT_LEADER = ErrorCode.NOT_LEADER_OR_FOLLOWER
const NOT_COORDINATOR = ErrorCode.NOT_COORDINATOR

test('each partition of a produce request is refused', () => {
  const topicData = [
    { name: 'a', partitionData: [{ index: 0 }, { index: 2 }] },
    { name: 'b', partitionData: [{ index: 1 }] },
  ]
  const { responses } = answerTo(Produce, 9, { topicData }, NOT_LEADER)
  expect(responses).toMatchObject([
    {
      name: 'a',
      partitionResponses: [
        { index: 0, errorCode: NOT_LEADER, baseOffset: -1 },
        { index: 2, errorCode: NOT_LEADER, baseOffset: -1 },
      ],
    },
    { name: 'b', partitionResponses: [{ index: 1, errorCode: NOT_LEADER }] },
  ])
})

test('a topic that a request names by its id is named so in the answer', () => {
  const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
  const topics = [{ topicId, partitions: [{ partition: 3 }] }]
  expect(answerTo(Fetch, 13, { topics }, NOT_LEADER)).toMatchObject({
    errorCode: 0,
    responses: [{ topicId, partitions: [{ partitionIndex: 3, errorCode: NOT_LEADER, highWatermark: -1 }] }],
  })
})

test('an error of the whole stands where answers have the place for it', () => {
  const topics = [{ topic: 't', partitions: [{ partition: 0 }] }]
  expect(answerTo(Fetch, 12, { topics }, ErrorCode.FETCH_SESSION_ID_NOT_FOUND)).toMatchObject({
    errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
    responses: [],
  })
  const groups = [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [0, 1] }] }]
  expect(answerTo(OffsetFetch, 8, { groups }, NOT_COORDINATOR).groups).toMatchObject([
    { groupId: 'g', errorCode: NOT_COORDINATOR, topics: [] },
  ])
  const unstable = answerTo(OffsetFetch, 8, { groups }, ErrorCode.UNSTABLE_OFFSET_COMMIT).groups[0]!
  expect(unstable).toMatchObject({ groupId: 'g', errorCode: 0 })
  expect(unstable.topics[0]!.partitions).toMatchObject([
    { partitionIndex: 0, errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT, committedOffset: -1 },
    { partitionIndex: 1, errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT },
  ])
})

test('requests that only list names are answered name by name', () => {
  expect(answerTo(DescribeGroups, 5, { groups: ['a', 'b'] }, NOT_COORDINATOR).groups).toMatchObject([
    { groupId: 'a', errorCode: NOT_COORDINATOR },
    { groupId: 'b', errorCode: NOT_COORDINATOR },
  ])
  expect(answerTo(FindCoordinator, 4, { coordinatorKeys: ['g'] }, 15).coordinators).toMatchObject([
    { key: 'g', errorCode: 15, nodeId: -1, errorMessage: 'A fault that was asked for.' },
  ])
  expect(answerTo(FindCoordinator, 1, { key: 'g' }, 15)).toMatchObject({ errorCode: 15, nodeId: -1, port: -1 })
  expect(answerTo(DeleteTopics, 1, { topicNames: ['t'] }, 7).responses).toMatchObject([{ name: 't', errorCode: 7 }])
})

test('what tells of one thing has one error', () => {
  expect(answerTo(JoinGroup, 6, { memberId: 'm' }, NOT_COORDINATOR)).toMatchObject({
    errorCode: NOT_COORDINATOR,
    memberId: 'm',
    generationId: -1,
  })
  expect(answerTo(InitProducerId, 4, { transactionalId: 'tx', producerId: 7 }, 51)).toMatchObject({
    errorCode: 51,
    producerId: -1,
    producerEpoch: -1,
  })
})

test('elements that lie deeper in the request than in the answer are found', () => {
  const dirs = [{ path: '/d', topics: [{ name: 't', partitions: [4, 5] }] }]
  expect(answerTo(AlterReplicaLogDirs, 2, { dirs }, 56).results).toMatchObject([
    {
      topicName: 't',
      partitions: [
        { partitionIndex: 4, errorCode: 56 },
        { partitionIndex: 5, errorCode: 56 },
      ],
    },
  ])
  const v3AndBelowTopics = [{ name: 't', partitions: [1] }]
  const added = answerTo(AddPartitionsToTxn, 3, { v3AndBelowTopics }, 51)
  expect(added.resultsByTopicV3AndBelow).toMatchObject([
    { name: 't', resultsByPartition: [{ partitionIndex: 1, partitionErrorCode: 51 }] },
  ])
  const resources = [{ resourceType: 2, resourceName: 't' }]
  expect(answerTo(DescribeConfigs, 4, { resources }, 29).results).toMatchObject([
    { resourceType: 2, resourceName: 't', errorCode: 29 },
  ])
})

test('an answer without a place for the whole tells it of something that nobody asked about', () => {
  expect(answerTo(DescribeLogDirs, 2, { topics: null }, 56).results).toMatchObject([{ errorCode: 56 }])
  expect(answerTo(DescribeLogDirs, 3, { topics: null }, 56)).toMatchObject({ errorCode: 56, results: [] })
})

const messages = join(__dirname, '../../protocol/messages')
const apis = readdirSync(messages)
  .filter(name => /^\d+-/.test(name))
  .flatMap(name => Object.values(require(join(messages, name)) as object))
  .filter((value): value is Api => typeof value === 'object' && 'key' in value)

/** One element in each list of a request, so that there is something to answer. */
const filled = (fields: Api['request']['fields'], version: number): Record<string, unknown> =>
  Object.fromEntries(
    fields.flatMap(({ name, type, fields: inner }): [string, unknown][] => {
      if (!type.startsWith('[]')) return []
      if (inner) return [[name, [filled(inner, version)]]]
      return [[name, [type === '[]string' ? 'x' : type === '[]uuid' ? 'AAAAAAAAAAAAAAAAAAAAAQ' : 1]]]
    }),
  )

const hasCode = (value: unknown, code: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([name, inner]) => (/errorCode$/i.test(name) && inner === code) || hasCode(inner, code))

test.each(apis.map(api => [api.name, api] as const))('every version of %s can tell of an error', (_name, api) => {
  for (let version = api.versions[0]; version <= api.versions[1]; version++) {
    for (const code of [ErrorCode.REQUEST_TIMED_OUT, NOT_LEADER]) {
      const answer = answerTo(api, version, filled(api.request.fields, version), code)
      expect([version, hasCode(answer, code)]).toEqual([version, true])
    }
  }
})
