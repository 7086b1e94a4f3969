import { CompressionType } from '../../protocol/compression/codec'
import { ErrorCode } from '../../protocol/errors'
import { Produce, type ProduceRequest } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { ListOffsets } from '../../protocol/messages/02-list-offsets'
import { patchBaseOffset } from '../../protocol/records/batch-header'
import { encodeEndTransactionMarker } from '../../protocol/records/control-record'
import type { InputOf } from '../../protocol/schema/message'
import { batchOf, START_MS, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Request = InputOf<typeof ProduceRequest>

const {
  CORRUPT_MESSAGE,
  INVALID_PRODUCER_EPOCH,
  INVALID_RECORD,
  INVALID_REQUIRED_ACKS,
  INVALID_TOPIC_EXCEPTION,
  MESSAGE_TOO_LARGE,
  NONE,
  OUT_OF_ORDER_SEQUENCE_NUMBER,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  UNKNOWN_TOPIC_ID,
  UNKNOWN_TOPIC_OR_PARTITION,
  UNSUPPORTED_COMPRESSION_TYPE,
} = ErrorCode
const VERSIONS = Array.from({ length: 11 }, (_, index) => 3 + index)
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const OTHER_ID = 'BAAAAAAAAAAAAAAAAAAAAA'

let broker: TestBroker
let plainId: string

beforeAll(async () => {
  broker = await TestBroker.start()
  plainId = await broker.createTopic('plain', { partitions: 3 })
})

afterAll(() => broker.close())

/** A request with one batch for one partition. */
const requestOf = (records: Buffer | null, { topic = 'plain', index = 0, acks = -1, ...more } = {}): Request => ({
  acks,
  timeoutMs: 1000,
  topicData: [{ name: topic, topicId: plainId, partitionData: [{ index, records }] }],
  ...more,
})

/** Sends it and returns the answer of that partition. */
const produce = async (records: Buffer | null, more: object = {}, version = 9) =>
  (await broker.ask(Produce, version, requestOf(records, more))).responses[0]!.partitionResponses[0]!

const endOf = async (name: string, partitionIndex = 0): Promise<number> => {
  const topics = [{ name, partitions: [{ partitionIndex, timestamp: -1 }] }]
  return (await broker.ask(ListOffsets, 5, { replicaId: -1, topics })).topics[0]!.partitions[0]!.offset
}

/** All values in partition 0 of a topic. */
const stored = async (topic: string): Promise<string[]> => {
  const { responses } = await broker.ask(Fetch, 4, {
    maxBytes: 1 << 20,
    topics: [{ topic, partitions: [{ partition: 0, partitionMaxBytes: 1 << 20 }] }],
  })
  return valuesOf(responses[0]!.partitions[0]!.records)
}

describe.each([1, -1])('with acks %i', acks => {
  test.each(VERSIONS)('version %i answers with the offset of the first record', async version => {
    const before = await endOf('plain', 1)
    const request = requestOf(batchOf(['a', 'b']), { acks, index: 1 })
    expect(await broker.ask(Produce, version, request)).toEqual({
      throttleTimeMs: 0,
      nodeEndpoints: [],
      responses: [
        {
          name: version < 13 ? 'plain' : '',
          topicId: version < 13 ? NO_ID : plainId,
          partitionResponses: [
            {
              index: 1,
              errorCode: NONE,
              baseOffset: before,
              logAppendTimeMs: -1,
              logStartOffset: version < 5 ? -1 : 0,
              recordErrors: [],
              errorMessage: null,
              currentLeader: { leaderId: -1, leaderEpoch: -1 },
            },
          ],
        },
      ],
    })
    expect(await endOf('plain', 1)).toBe(before + 2)
  })
})

test.each(VERSIONS)('version %i with acks 0 is not answered', async version => {
  const client = await broker.connect()
  const before = await endOf('plain', 2)
  client.sendUnanswered(Produce, version, requestOf(batchOf(['a']), { acks: 0, index: 2 }))
  await broker.timers.settle()
  expect(client).toMatchObject({ receivedFrames: 0, isClosed: false })
  expect(await endOf('plain', 2)).toBe(before + 1)
})

test.each([2, -2, 100])('there are no acks %i', async acks => {
  const before = await endOf('plain')
  for (const version of VERSIONS) {
    expect(await produce(batchOf(['a']), { acks }, version)).toMatchObject({
      errorCode: INVALID_REQUIRED_ACKS,
      baseOffset: -1,
    })
  }
  expect(await endOf('plain')).toBe(before)
})

test.each(VERSIONS)('version %i: topics and partitions that are not there', async version => {
  const request = {
    acks: 1,
    topicData: [{ name: 'nope', topicId: OTHER_ID, partitionData: [{ index: 0, records: batchOf(['a']) }] }],
  }
  const { responses } = await broker.ask(Produce, version, request)
  const unknown = version < 13 ? UNKNOWN_TOPIC_OR_PARTITION : UNKNOWN_TOPIC_ID
  expect(responses[0]!.partitionResponses).toMatchObject([{ errorCode: unknown, baseOffset: -1 }])
  for (const index of [3, -1]) {
    expect(await produce(batchOf(['a']), { index }, version)).toMatchObject({
      index,
      errorCode: UNKNOWN_TOPIC_OR_PARTITION,
      baseOffset: -1,
    })
  }
})

test('each partition of a request has an answer of its own, in order', async () => {
  const before = await endOf('plain')
  const { responses } = await broker.ask(Produce, 9, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { name: 'nope', partitionData: [{ index: 0, records: batchOf(['x']) }] },
      {
        name: 'plain',
        partitionData: [
          { index: 7, records: batchOf(['x']) },
          { index: 0, records: batchOf(['x']) },
          { index: 0, records: null },
          { index: 0, records: batchOf(['y']) },
        ],
      },
    ],
  })
  expect(
    responses.flatMap(({ name, partitionResponses }) =>
      partitionResponses.map(({ index, errorCode, baseOffset }) => [name, index, errorCode, baseOffset]),
    ),
  ).toEqual([
    ['nope', 0, UNKNOWN_TOPIC_OR_PARTITION, -1],
    ['plain', 7, UNKNOWN_TOPIC_OR_PARTITION, -1],
    ['plain', 0, NONE, before],
    ['plain', 0, INVALID_RECORD, -1],
    ['plain', 0, NONE, before + 1],
  ])
})

test.each([
  ['none', null],
  ['no bytes', Buffer.alloc(0)],
  ['half a batch', batchOf(['abc']).subarray(0, 40)],
  ['two batches', Buffer.concat([batchOf(['a']), batchOf(['b'])])],
])('records that are %s are invalid', async (_what, records) => {
  const before = await endOf('plain')
  for (const version of VERSIONS) {
    expect(await produce(records, {}, version)).toMatchObject({ errorCode: INVALID_RECORD, baseOffset: -1 })
  }
  expect(await endOf('plain')).toBe(before)
})

test('messages of the formats before Kafka 0.11 are invalid, even when their bytes look like a transaction', async () => {
  const before = await endOf('plain')
  for (const magic of [0, 1]) {
    const message = batchOf(['a'], { isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 })
    message[16] = magic
    expect(await produce(message)).toMatchObject({ errorCode: INVALID_RECORD })
  }
  expect(await endOf('plain')).toBe(before)
})

test('a batch whose checksum does not fit is corrupt', async () => {
  const records = batchOf(['abc'])
  records[records.length - 1]! ^= 1
  expect(await produce(records)).toMatchObject({ errorCode: CORRUPT_MESSAGE, baseOffset: -1 })
})

test('a batch larger than max.message.bytes is too large', async () => {
  await broker.createTopic('narrow', { configs: { 'max.message.bytes': '200' } })
  expect(await produce(batchOf(['a'.repeat(200)]), { topic: 'narrow' })).toMatchObject({
    errorCode: MESSAGE_TOO_LARGE,
    errorMessage: expect.stringContaining('max.message.bytes'),
  })
  expect(await produce(batchOf(['a'.repeat(100)]), { topic: 'narrow' })).toMatchObject({ errorCode: NONE })
})

test('the bad records of a refused batch are named from version 8 on', async () => {
  await broker.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } })
  for (const version of VERSIONS.filter(version => version < 13)) {
    const { errorCode, recordErrors, errorMessage } = await produce(
      batchOf(['a', 'b']),
      { topic: 'compacted' },
      version,
    )
    expect(errorCode).toBe(INVALID_RECORD)
    expect(recordErrors.map(({ batchIndex }) => batchIndex)).toEqual(version < 8 ? [] : [0, 1])
    expect(errorMessage === null).toBe(version < 8)
  }
})

test('with LogAppendTime the answer tells the time', async () => {
  await broker.createTopic('timed', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
  expect(await produce(batchOf(['a']), { topic: 'timed' })).toMatchObject({
    logAppendTimeMs: START_MS,
    baseOffset: 0,
  })
})

test('a topic cannot demand more replicas in sync than it has', async () => {
  await broker.createTopic('safe', { configs: { 'min.insync.replicas': '2' } })
  for (const acks of [1, -1]) {
    expect(await produce(batchOf(['a']), { topic: 'safe', acks })).toMatchObject({ errorCode: NONE })
  }
})

test('a timeout of nothing, or less, is no reason to fail', async () => {
  for (const timeoutMs of [0, -1]) {
    expect(await produce(batchOf(['a']), { timeoutMs })).toMatchObject({ errorCode: NONE })
  }
})

test('nothing to produce, nothing to answer', async () => {
  expect(await broker.ask(Produce, 9, { acks: 1 })).toMatchObject({ responses: [] })
})

describe('a failure with acks 0 closes the connection, so that the client looks for the leader again', () => {
  const marker = encodeEndTransactionMarker({
    producerId: 5,
    producerEpoch: 0,
    isCommit: true,
    coordinatorEpoch: 0,
    timestamp: START_MS,
  })
  test.each<[string, Request]>([
    ['an unknown topic', requestOf(batchOf(['a']), { acks: 0, topic: 'nope' })],
    ['no records', requestOf(null, { acks: 0 })],
    ['a control batch', requestOf(marker, { acks: 0 })],
    ['an unknown partition', requestOf(batchOf(['a']), { acks: 0, topic: 'plain', index: 9 })],
  ])('%s', async (_what, request) => {
    const client = await broker.connect()
    client.sendUnanswered(Produce, 9, request)
    await broker.until(client.closed)
    expect(client.receivedFrames).toBe(0)
  })
})

test('pipelined requests of one connection are appended in their order', async () => {
  await broker.createTopic('ordered')
  const client = await broker.connect()
  const answers = Array.from({ length: 20 }, (_, n) =>
    client.send(Produce, 9, requestOf(batchOf([`${n}`]), { topic: 'ordered', acks: n % 2 === 0 ? -1 : 1 })),
  )
  const offsets = (await broker.until(Promise.all(answers))).map(
    ({ responses }) => responses[0]!.partitionResponses[0]!.baseOffset,
  )
  expect(offsets).toEqual(offsets.map((_, n) => n))
  expect(await stored('ordered')).toEqual(offsets.map(n => `${n}`))
})

test('who sends without waiting for an answer finds what he sent', async () => {
  await broker.createTopic('hasty')
  const client = await broker.connect()
  client.sendUnanswered(Produce, 9, requestOf(batchOf(['a']), { topic: 'hasty', acks: 0 }))
  const produced = client.send(Produce, 9, requestOf(batchOf(['b']), { topic: 'hasty', acks: 1 }))
  const topics = [{ name: 'hasty', partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
  const listed = await broker.until(client.send(ListOffsets, 5, { replicaId: -1, topics }))
  expect(listed.topics[0]!.partitions).toMatchObject([{ errorCode: NONE, offset: 2 }])
  await broker.until(produced)
})

test('what was sent is stored as it was sent, but for offset and leader epoch', async () => {
  await broker.createTopic('bytes')
  const batch = batchOf(['a', 'b', 'c'], { compression: 1 })
  await produce(Buffer.from(batch), { topic: 'bytes' })
  await produce(Buffer.from(batch), { topic: 'bytes' })
  const { responses } = await broker.ask(Fetch, 4, {
    maxBytes: 1 << 20,
    topics: [{ topic: 'bytes', partitions: [{ partition: 0, fetchOffset: 3, partitionMaxBytes: 1 << 20 }] }],
  })
  const second = Buffer.from(batch)
  patchBaseOffset(second, 0, 3)
  second.writeInt32BE(0, 12)
  expect(responses[0]!.partitions[0]!.records).toEqual(second)
})

describe('an idempotent producer', () => {
  const send = (values: string[], baseSequence: number, producerEpoch = 0) =>
    produce(batchOf(values, { producerId: 42, producerEpoch, baseSequence }), { topic: 'idempotent' })

  beforeAll(async () => {
    await broker.createTopic('idempotent')
    await send(['a', 'b'], 0)
    await send(['c'], 2)
  })

  test('is told of a duplicate where it was stored the first time', async () => {
    expect(await send(['a', 'b'], 0)).toMatchObject({ errorCode: NONE, baseOffset: 0 })
    expect(await send(['c'], 2)).toMatchObject({ errorCode: NONE, baseOffset: 2 })
    expect(await stored('idempotent')).toEqual(['a', 'b', 'c'])
  })

  test.each([
    ['leaves something out', 9],
    ['overlaps with what is there', 1],
    ['repeats half a batch', 0],
  ])('is refused when it %s', async (_what, baseSequence) => {
    expect(await send(['x'], baseSequence)).toMatchObject({ errorCode: OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 })
    expect(await stored('idempotent')).toEqual(['a', 'b', 'c'])
  })

  test('begins anew in a new epoch, which ends the one before', async () => {
    expect(await send(['x'], 5, 1)).toMatchObject({ errorCode: OUT_OF_ORDER_SEQUENCE_NUMBER })
    expect(await send(['d'], 0, 1)).toMatchObject({ errorCode: NONE, baseOffset: 3 })
    expect(await send(['x'], 3, 0)).toMatchObject({ errorCode: INVALID_PRODUCER_EPOCH })
    expect(await stored('idempotent')).toEqual(['a', 'b', 'c', 'd'])
  })

  test('has its pipelined requests checked in order, before any is written', async () => {
    await broker.createTopic('piped')
    const client = await broker.connect()
    const answers = [0, 1, 1, 3, 2].map(baseSequence =>
      client.send(
        Produce,
        9,
        requestOf(batchOf([`${baseSequence}`], { producerId: 43, producerEpoch: 0, baseSequence }), { topic: 'piped' }),
      ),
    )
    const results = await broker.until(Promise.all(answers))
    expect(
      results.map(({ responses }) => {
        const { errorCode, baseOffset } = responses[0]!.partitionResponses[0]!
        return [errorCode, baseOffset]
      }),
    ).toEqual([
      [NONE, 0],
      [NONE, 1],
      [NONE, 1],
      [OUT_OF_ORDER_SEQUENCE_NUMBER, -1],
      [NONE, 2],
    ])
  })
})

describe('a batch of a transaction', () => {
  const batch = () => batchOf(['x'], { producerId: 77, producerEpoch: 0, baseSequence: 0, isTransactional: true })

  test.each(VERSIONS)(
    'is refused in version %i without a transactional id, with all that came with it',
    async version => {
      const before = await endOf('plain')
      const { responses } = await broker.ask(Produce, version, {
        acks: -1,
        topicData: [
          {
            name: 'plain',
            topicId: plainId,
            partitionData: [
              { index: 0, records: batchOf(['a']) },
              { index: 1, records: batch() },
            ],
          },
        ],
      })
      expect(responses[0]!.partitionResponses).toMatchObject([
        { index: 0, errorCode: TRANSACTIONAL_ID_AUTHORIZATION_FAILED },
        { index: 1, errorCode: TRANSACTIONAL_ID_AUTHORIZATION_FAILED },
      ])
      expect(await endOf('plain')).toBe(before)
    },
  )

  test('is refused when its transactional id is not known', async () => {
    const request = { ...requestOf(batch()), transactionalId: 'nobody' }
    for (const version of VERSIONS) {
      const { responses } = await broker.ask(Produce, version, request)
      expect(responses[0]!.partitionResponses[0]!.errorCode).not.toBe(NONE)
    }
    expect(broker.partition('plain').log.activeProducers()).toEqual([])
  })

  test('closes the connection with acks 0', async () => {
    const client = await broker.connect()
    client.sendUnanswered(Produce, 9, requestOf(batch(), { acks: 0 }))
    await broker.until(client.closed)
  })
})

describe('what no log decides', () => {
  test('zstd is refused in versions that do not know it', async () => {
    const records = () => batchOf(['a'], { compression: CompressionType.zstd })
    for (const version of VERSIONS) {
      const { errorCode } = await produce(records(), {}, version)
      expect({ version, errorCode }).toEqual({ version, errorCode: version < 7 ? UNSUPPORTED_COMPRESSION_TYPE : NONE })
    }
  })

  test('only the admin client writes to internal topics', async () => {
    await broker.createTopic('__consumer_offsets')
    expect(await produce(batchOf(['a']), { topic: '__consumer_offsets' })).toMatchObject({
      errorCode: INVALID_TOPIC_EXCEPTION,
      baseOffset: -1,
    })
    expect(await endOf('__consumer_offsets')).toBe(0)
  })
})
