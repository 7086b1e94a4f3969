import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { Metadata } from '../../protocol/messages/03-metadata'
import { SaslHandshake } from '../../protocol/messages/17-sasl-handshake'
import type { Api } from '../../protocol/schema/api'
import { ResponseErrors } from '../../src/network/response-errors'

const { NONE, NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode

const errorsIn = (api: Api, answer: object): number[] => {
  const found: number[] = []
  new ResponseErrors(api.response).each(answer, errorCode => found.push(errorCode))
  return found
}

test('errors are found in every partition of every topic', () => {
  const responses = [
    {
      name: 'a',
      partitionResponses: [
        { index: 0, errorCode: NOT_LEADER_OR_FOLLOWER },
        { index: 1, errorCode: NONE },
      ],
    },
    { name: 'b', partitionResponses: [{ index: 0, errorCode: UNKNOWN_TOPIC_OR_PARTITION }] },
  ]
  expect(errorsIn(Produce, { responses })).toEqual([NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION])
})

test('errors are found at the top and within at the same time', () => {
  const topics = [{ errorCode: UNKNOWN_TOPIC_OR_PARTITION, partitions: [{ errorCode: NOT_LEADER_OR_FOLLOWER }] }]
  expect(errorsIn(Metadata, { topics })).toEqual([UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER])
  expect(errorsIn(SaslHandshake, { errorCode: ErrorCode.UNSUPPORTED_SASL_MECHANISM })).toHaveLength(1)
})

test('what a handler leaves out is no error', () => {
  expect(errorsIn(Fetch, {})).toEqual([])
  expect(errorsIn(Fetch, { errorCode: NONE, responses: [{ topic: 'a' }, { topic: 'b', partitions: [{}] }] })).toEqual(
    [],
  )
})
