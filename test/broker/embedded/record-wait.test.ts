import { connected, embeddedBroker, kafkaOf } from '../../support/embedded-broker'

const valuesOf = (records: readonly { value: string | null }[]) => records.map(({ value }) => value)

test('records are waited for, and for their topic too', async () => {
  const broker = await embeddedBroker()
  const waiting = broker.records('orders', 2)
  const producer = await connected(kafkaOf(broker).producer())
  await producer.send({ topic: 'orders', messages: [{ key: 'a', value: 'one', headers: { n: '1' } }] })
  await producer.send({ topic: 'orders', messages: [{ value: 'two' }] })
  expect(await waiting).toMatchObject([
    { partition: 0, offset: 0, key: 'a', value: 'one', headers: { n: '1' } },
    { partition: 0, offset: 1, key: null, value: 'two', headers: {} },
  ])
})

test('all that are there are told, not only as many as were waited for', async () => {
  const broker = await embeddedBroker({ topics: { t: { records: ['a', 'b', 'c'] } } })
  expect(valuesOf(await broker.records('t', 2))).toEqual(['a', 'b', 'c'])
})

test('one partition, and a part of it, can be asked for', async () => {
  const broker = await embeddedBroker({ topics: { t: 2 } })
  await broker.produce('t', ['a0', 'b0', 'a1', 'b1', 'a2'])
  expect(valuesOf(await broker.records('t'))).toEqual(['a0', 'a1', 'a2', 'b0', 'b1'])
  expect(valuesOf(await broker.records('t', { partition: 1 }))).toEqual(['b0', 'b1'])
  expect(valuesOf(await broker.records('t', { partition: 0, from: 1, count: 2 }))).toEqual(['a1', 'a2'])
})

test('values are decoded as the test likes it', async () => {
  const broker = await embeddedBroker({ topics: { t: { records: ['{"id":1}'] } } })
  const [record] = await broker.records('t', { decode: bytes => JSON.parse(String(bytes)) as { id: number } })
  expect(record!.value!.id).toBe(1)
})

test('compressed records are read as others', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  const producer = await connected(kafkaOf(broker).producer())
  const messages = Array.from({ length: 100 }, (_, n) => ({ value: `${n}` }))
  await producer.send({ topic: 't', compression: 1, messages })
  expect(valuesOf(await broker.records('t', 100))).toEqual(messages.map(({ value }) => value))
})

test('with read_committed only committed transactions count', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  const options = { transactionalId: 'tx', idempotent: true, maxInFlightRequests: 1 }
  const producer = await connected(kafkaOf(broker).producer(options))
  const aborted = await producer.transaction()
  await aborted.send({ topic: 't', messages: [{ value: 'aborted' }] })
  await aborted.abort()
  const committed = await producer.transaction()
  await committed.send({ topic: 't', messages: [{ value: 'committed' }] })
  const waiting = broker.records('t', { isolation: 'read_committed', count: 1 })
  const tooEarly = broker.records('t', { isolation: 'read_committed', count: 1, timeoutMs: 20 })
  await expect(tooEarly).rejects.toThrow(/of which only those below 2 can be read/)
  await committed.commit()
  expect(valuesOf(await waiting)).toEqual(['committed'])
  expect(valuesOf(await broker.records('t'))).toEqual(['aborted', 'committed'])
})

describe('when the time is up', () => {
  test('the error says what came, and how far the partitions go', async () => {
    const broker = await embeddedBroker({ topics: { t: { partitions: 2, records: [{ key: 'k', value: 'v' }, 'w'] } } })
    const error = await broker.records('t', { count: 3, timeoutMs: 1 }).catch((thrown: Error) => thrown)
    expect((error as Error).message.split('\n')).toEqual([
      '2 of 3 records came to the topic t within 1 ms.',
      'Seen:',
      expect.stringMatching(/^ {2}[01]@0 /),
      expect.stringMatching(/^ {2}[01]@[01] /),
      expect.stringMatching(/^Partition 0 holds offsets 0 to \d \(exclusive\)\.$/),
      expect.stringMatching(/^Partition 1 holds offsets 0 to \d \(exclusive\)\.$/),
    ])
    expect((error as Error).message).toContain(' k: v\n')
  })

  test('many records are counted, and long values are cut', async () => {
    const records = Array.from({ length: 12 }, () => 'x'.repeat(100))
    const broker = await embeddedBroker({ topics: { t: { records } } })
    const waiting = broker.records('t', { count: 13, timeoutMs: 1 })
    await expect(waiting).rejects.toThrow(/0@9 x{80}\.\.\.\n {2}and 2 more\n/)
  })

  test('a topic that does not exist is named with those that do', async () => {
    const broker = await embeddedBroker({ topics: { order: 1 } })
    await expect(broker.records('orders', { count: 1, timeoutMs: 1 })).rejects.toThrow(
      'There is no such topic; there are: order.',
    )
    await expect(broker.records('order', { count: 1, partition: 1, timeoutMs: 1 })).rejects.toThrow(
      'There is no partition 1.',
    )
  })
})

test('a reset does not end the wait: the new topic is read from its beginning', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  await broker.produce('t', ['old'])
  const waiting = broker.records('t', 2)
  await broker.reset()
  await broker.produce('t', ['new', 'newer'])
  expect(valuesOf(await waiting)).toEqual(['new', 'newer'])
})

test('a close does', async () => {
  const broker = await embeddedBroker({ topics: { t: 1 } })
  const waiting = broker.records('t', 1)
  await Promise.all([
    expect(waiting).rejects.toThrow('the broker was closed while records were waited for'),
    broker.close(),
  ])
})
