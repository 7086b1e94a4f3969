import { NormalForm } from '../../../compat-tests/differential/normal-form'
import { ErrorCode } from '../../../protocol/errors'
import { FetchResponse } from '../../../protocol/messages/01-fetch'
import { MetadataResponse } from '../../../protocol/messages/03-metadata'
import { JoinGroupResponse } from '../../../protocol/messages/11-join-group'
import { CreateTopicsResponse } from '../../../protocol/messages/19-create-topics'
import { InitProducerIdResponse } from '../../../protocol/messages/22-init-producer-id'
import { encodeBatch } from '../../../protocol/records/record-batch'

const NOW = Date.UTC(2025, 0, 1)
const normalForm = () => new NormalForm({ now: NOW, port: 9092 })

test('ids get numbers in the order in which they occur, so that equal ones stay equal', () => {
  const form = normalForm()
  const init = (producerId: number) => form.of(InitProducerIdResponse, { producerId, producerEpoch: 0 })
  expect([init(4711), init(4712), init(4711), init(-1)]).toMatchObject([
    { producerId: 'producer #1' },
    { producerId: 'producer #2' },
    { producerId: 'producer #1' },
    { producerId: -1 },
  ])
})

test('what stands around an id within a text is still compared', () => {
  const memberId = 'client-01234567-89ab-cdef-0123-456789abcdef'
  expect(normalForm().of(JoinGroupResponse, { memberId, leader: memberId })).toEqual({
    memberId: 'client-id #1',
    leader: 'client-id #1',
  })
})

test('error codes have their names, and of messages it is compared whether there is one', () => {
  const topics = [
    { name: 'b', errorCode: ErrorCode.TOPIC_ALREADY_EXISTS, errorMessage: 'Try another name.' },
    { name: 'a', errorCode: ErrorCode.NONE, errorMessage: null },
  ]
  expect(normalForm().of(CreateTopicsResponse, { throttleTimeMs: 7, topics })).toEqual({
    topics: {
      '[a 0]': { name: 'a', errorCode: 'NONE', errorMessage: null },
      '[b 36]': { name: 'b', errorCode: 'TOPIC_ALREADY_EXISTS', errorMessage: 'a message' },
    },
  })
})

test('a broker is known by its own port, and its cluster by having an id', () => {
  const brokers = [
    { nodeId: 1, host: 'localhost', port: 9092 },
    { nodeId: 2, host: 'localhost', port: 9093 },
  ]
  expect(normalForm().of(MetadataResponse, { brokers, clusterId: 'xyz' })).toEqual({
    brokers: [
      { nodeId: 1, host: 'localhost', port: 'its port' },
      { nodeId: 2, host: 'localhost', port: 9093 },
    ],
    clusterId: 'a cluster id',
  })
})

test('records are read, and times near now are one', () => {
  const records = encodeBatch({
    records: [
      { key: Buffer.from('k'), value: null, timestamp: NOW - 1000 },
      { value: Buffer.from('v'), timestamp: NOW - 86_400_000 },
    ],
  })
  const partitions = [{ partitionIndex: 0, records }]
  expect(normalForm().of(FetchResponse, { responses: [{ topic: 't', partitions }] })).toMatchObject({
    responses: [
      {
        partitions: [
          {
            records: [
              {
                recordCount: 2,
                records: [
                  { offset: 0, timestamp: 'now', key: 'k', value: null },
                  { offset: 1, timestamp: NOW - 86_400_000, key: null, value: 'v' },
                ],
              },
            ],
          },
        ],
      },
    ],
  })
})
