import { ErrorCode } from '../../protocol/errors'
import { InitProducerId, type InitProducerIdRequest } from '../../protocol/messages/22-init-producer-id'
import type { InputOf } from '../../protocol/schema/message'
import { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start()
})

afterAll(() => broker.close())

const ask = (version: number, request: InputOf<typeof InitProducerIdRequest> = {}) =>
  broker.ask(InitProducerId, version, { transactionalId: null, transactionTimeoutMs: 60_000, ...request })

test('every idempotent producer gets an id of its own, across blocks of ids', async () => {
  const ids = new Set<number>()
  const client = await broker.connect()
  const requests = Array.from({ length: 2500 }, (_, n) => client.send(InitProducerId, n % 6, { transactionalId: null }))
  for (const { errorCode, producerId, producerEpoch } of await broker.until(Promise.all(requests))) {
    expect([errorCode, producerEpoch]).toEqual([ErrorCode.NONE, 0])
    ids.add(producerId)
  }
  expect(ids.size).toBe(2500)
})

test.each([0, 1, 2, 3, 4, 5])('version %i', async version => {
  expect(await ask(version)).toEqual({
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    producerId: expect.any(Number),
    producerEpoch: 0,
    ongoingTxnProducerId: -1,
    ongoingTxnProducerEpoch: -1,
  })
})

test('an empty transactional id is invalid, and so is half of what a producer had before', async () => {
  const refused = { errorCode: ErrorCode.INVALID_REQUEST, producerId: -1, producerEpoch: -1 }
  for (const version of [0, 1, 2, 3, 4, 5]) expect(await ask(version, { transactionalId: '' })).toMatchObject(refused)
  for (const version of [3, 4, 5]) {
    expect(await ask(version, { producerId: 5 })).toMatchObject(refused)
    expect(await ask(version, { producerEpoch: 5 })).toMatchObject(refused)
  }
})

test('an idempotent producer that names what it had gets a new id', async () => {
  const { producerId } = await ask(4)
  const again = await ask(4, { producerId, producerEpoch: 0 })
  expect(again).toMatchObject({ errorCode: ErrorCode.NONE, producerEpoch: 0 })
  expect(again.producerId).not.toBe(producerId)
})
