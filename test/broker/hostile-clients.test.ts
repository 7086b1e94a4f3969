/** Strangers at the socket of a whole broker: none of what they send disturbs a producer that goes on meanwhile. */
import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { Metadata } from '../../protocol/messages/03-metadata'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { batchOf, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'
import { requestFrame, type TestClient } from '../support/test-client'

let broker: TestBroker
let producer: TestClient
/** Values that were acknowledged. */
let acknowledged: string[]

beforeEach(async () => {
  broker = await TestBroker.start({ settings: { 'socket.request.max.bytes': '1000000' } })
  await broker.createTopic('t')
  producer = await broker.connect()
  acknowledged = []
})

/** Everything that was acknowledged is there once and in order, and nothing else. */
afterEach(async () => {
  await produce()
  const { responses } = await broker.ask(Fetch, 12, {
    topics: [{ topic: 't', partitions: [{ partition: 0, partitionMaxBytes: 1 << 24 }] }],
  })
  expect(valuesOf(responses[0]!.partitions[0]!.records)).toEqual(acknowledged)
  expect(broker.logger.at('error')).toEqual([])
  await broker.close()
})

const produce = async (): Promise<void> => {
  const value = `${acknowledged.length}`
  const records = batchOf([value], { producerId: 1, producerEpoch: 0, baseSequence: acknowledged.length })
  const { responses } = await broker.until(
    producer.send(Produce, 9, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
    }),
  )
  expect(responses[0]!.partitionResponses).toMatchObject([{ errorCode: ErrorCode.NONE, baseOffset: Number(value) }])
  acknowledged.push(value)
}

/** Sends bytes on a connection of their own, with produce requests before, between and after. */
const intrude = async (...chunks: readonly Buffer[]): Promise<TestClient> => {
  const stranger = await broker.connect()
  for (const chunk of chunks) {
    stranger.sendRaw(chunk)
    await produce()
  }
  return stranger
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

test.each([
  ['negative', -1],
  ['the most negative', -0x80000000],
  ['too large', 1_000_001],
  ['the largest', 0x7fffffff],
  ['nothing', 0],
])('a frame whose length is %s closes its connection', async (_what, length) => {
  const stranger = await intrude(int32(length), Buffer.alloc(100))
  expect(stranger.isClosed).toBe(true)
})

test('random bytes close their connections, or wait for the rest of what they seem to announce', async () => {
  const random = new SeededRandom(99)
  for (let round = 0; round < 60; round++) await intrude(random.bytes(1 + random.below(3000)), random.bytes(500))
  // What is still open waits for a frame that fits into the limit.
  expect(broker.clients.filter(client => !client.isClosed).length).toBeGreaterThan(0)
})

test('random contents of well-formed frames close their connections or are answered', async () => {
  const random = new SeededRandom(7)
  for (let round = 0; round < 200; round++) {
    const contents = random.bytes(8 + random.below(200))
    // Mostly APIs and versions that exist.
    contents.writeInt16BE(random.below(70), 0)
    contents.writeInt16BE(random.below(10), 2)
    const stranger = await broker.connect()
    stranger.sendFrame(contents)
    if (round % 10 === 0) await produce()
  }
  await broker.timers.settle()
})

test('every prefix of a request is waited for, and the connection may end there', async () => {
  const frame = requestFrame(Metadata, 12, { topics: [{ name: 't' }] })
  for (let length = 0; length <= frame.length; length++) {
    const stranger = await broker.connect()
    stranger.sendRaw(frame.subarray(0, length))
    await broker.timers.settle()
    expect([stranger.isClosed, stranger.receivedFrames]).toEqual([false, length === frame.length ? 1 : 0])
    stranger.end()
    await broker.until(stranger.closed)
    if (length % 8 === 0) await produce()
  }
})

test('a request that comes byte by byte is answered', async () => {
  const stranger = await broker.connect()
  for (const byte of requestFrame(Metadata, 12, { topics: [{ name: 't' }] })) {
    stranger.sendRaw(Buffer.from([byte]))
    await broker.timers.settle()
  }
  expect(stranger.receivedFrames).toBe(1)
})

test('any one byte of a request changed is answered, refused or closes the connection', async () => {
  const frame = requestFrame(Fetch, 12, { topics: [{ topic: 't', partitions: [{ partitionMaxBytes: 100 }] }] })
  for (let at = 4; at < frame.length; at++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const changed = Buffer.from(frame)
      changed[at]! ^= flip
      const stranger = await broker.connect()
      stranger.sendRaw(changed)
    }
    await broker.timers.settle()
    if (at % 8 === 0) await produce()
  }
})

test('hundreds of connections that say nothing, or leave at once, are borne', async () => {
  for (let round = 0; round < 300; round++) {
    const stranger = await broker.connect()
    if (round % 3 === 0) stranger.end()
    if (round % 3 === 1) await broker.until(stranger.destroy())
    if (round % 50 === 0) await produce()
  }
})

test('a client that reads no answers is not read from for ever, and forgotten when it goes', async () => {
  const stranger = await broker.connect()
  stranger.pause()
  const question = requestFrame(ApiVersions, 2, {})
  let sent = 0
  while (stranger.pendingBytes < 100_000 && sent < 50_000) {
    for (let n = 0; n < 500; n++, sent++) stranger.sendRaw(question)
    await broker.timers.settle()
  }
  expect(stranger.pendingBytes).toBeGreaterThanOrEqual(100_000)
  await produce()
  await broker.until(stranger.destroy())
})

test('requests in flight when their client disappears are carried out or not, but never half', async () => {
  for (let round = 0; round < 20; round++) {
    const stranger = await broker.connect()
    const topicData = [{ name: 't', partitionData: [{ index: 0, records: null }] }]
    stranger.sendRaw(requestFrame(Produce, 9, { acks: -1, topicData }))
    stranger.sendRaw(requestFrame(Fetch, 12, { maxWaitMs: 60_000, minBytes: 1, topics: [] }))
    await broker.until(stranger.destroy())
    await produce()
  }
})
