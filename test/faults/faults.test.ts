import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { ListOffsets } from '../../protocol/messages/02-list-offsets'
import { Metadata } from '../../protocol/messages/03-metadata'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { batchOf, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

const NOT_LEADER = ErrorCode.NOT_LEADER_OR_FOLLOWER

let world: TestBroker

beforeEach(async () => {
  world = await TestBroker.start()
  await world.createTopic('a')
  await world.createTopic('b')
})

afterEach(() => world.close())

const faults = () => world.broker.faults
const producing = (...topics: string[]) => ({
  acks: -1,
  timeoutMs: 1000,
  topicData: topics.map(name => ({ name, partitionData: [{ index: 0, records: batchOf([name]) }] })),
})
const produce = async (...topics: string[]) => {
  const { responses } = await world.ask(Produce, 9, producing(...topics))
  return Object.fromEntries(responses.map(({ name, partitionResponses }) => [name, partitionResponses[0]!.errorCode]))
}
const fetching = (topic: string, more: object = {}) => ({
  topics: [{ topic, partitions: [{ partition: 0, partitionMaxBytes: 1 << 20 }] }],
  maxWaitMs: 0,
  ...more,
})
const stored = async (topic: string) => {
  const { responses } = await world.ask(Fetch, 12, fetching(topic))
  return valuesOf(responses[0]!.partitions[0]!.records)
}

describe('an error', () => {
  test('is answered instead of serving the request, as often as it should be', async () => {
    const fault = faults().add({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 })
    expect([await produce('a'), await produce('a'), await produce('a')]).toEqual([
      { a: NOT_LEADER },
      { a: NOT_LEADER },
      { a: 0 },
    ])
    expect(fault.hits).toBe(2)
    expect(await stored('a')).toEqual(['a'])
  })

  test('of one topic leaves the others of its request alone', async () => {
    faults().add({ api: 'Produce', topic: 'a', error: 'NOT_LEADER_OR_FOLLOWER' })
    expect(await produce('a', 'b')).toEqual({ a: NOT_LEADER, b: 0 })
    expect(await produce('b')).toEqual({ b: 0 })
    expect([await stored('a'), await stored('b')]).toEqual([[], ['b', 'b']])
  })

  test('does not make those wait who ask for other topics too', async () => {
    faults().add({ api: 'Fetch', topic: 'a', error: 'NOT_LEADER_OR_FOLLOWER' })
    const topics = [...fetching('a').topics, ...fetching('b').topics]
    const answer = await world.ask(Fetch, 12, { topics, maxWaitMs: 60_000, minBytes: 1 })
    expect(answer.responses).toMatchObject([
      { topic: 'b', partitions: [{ errorCode: 0 }] },
      { topic: 'a', partitions: [{ errorCode: NOT_LEADER }] },
    ])
  })

  test('closes the connection of a producer that wants no answer', async () => {
    faults().add({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 })
    expect(await world.askAlone(Produce, 9, { ...producing('a'), acks: 0 })).toBe('closed')
    expect(await stored('a')).toEqual([])
  })

  test('of metadata comes with the brokers nevertheless', async () => {
    faults().add({ api: 'Metadata', topic: 'a', error: 'LEADER_NOT_AVAILABLE' })
    const { brokers, topics } = await world.ask(Metadata, 12, { topics: null })
    expect(brokers).toHaveLength(1)
    expect(topics.toSorted((one, other) => (one.name! < other.name! ? -1 : 1))).toMatchObject([
      { name: 'a', errorCode: ErrorCode.LEADER_NOT_AVAILABLE, partitions: [] },
      { name: 'b', errorCode: 0 },
    ])
  })

  test('can come to requests of every API, the first one of a connection too', async () => {
    const who = { clientSoftwareName: 'test', clientSoftwareVersion: '1' }
    faults().add({ api: 'ApiVersions', error: 'UNSUPPORTED_VERSION', times: 1 })
    expect(await world.ask(ApiVersions, 3, who)).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION })
    expect(await world.ask(ApiVersions, 3, who)).toMatchObject({ errorCode: 0 })
  })

  test('of a topic ends fetch sessions, whose requests do not name their topics', async () => {
    const { sessionId } = await world.ask(Fetch, 12, fetching('a', { sessionEpoch: 0 }))
    const fault = faults().add({ api: 'Fetch', topic: 'a', error: 'NOT_LEADER_OR_FOLLOWER' })
    const next = { sessionId, sessionEpoch: 1, maxWaitMs: 0 }
    expect(await world.ask(Fetch, 12, next)).toMatchObject({ errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND })
    expect(fault.hits).toBe(0)
    expect(await world.ask(Fetch, 12, fetching('b', { sessionEpoch: 0 }))).toMatchObject({ sessionId: 0 })
    const { responses } = await world.ask(Fetch, 12, fetching('a', { sessionEpoch: 0 }))
    expect(responses).toMatchObject([{ partitions: [{ errorCode: NOT_LEADER }] }])
  })

  test('finds a topic by its id too', async () => {
    const { topics } = await world.ask(Metadata, 12, { topics: [{ name: 'a' }] })
    const [{ topicId }] = topics as [(typeof topics)[number]]
    faults().add({ topic: 'a', error: 'NOT_LEADER_OR_FOLLOWER' })
    const byId = [{ topicId, partitions: [{ partition: 0, partitionMaxBytes: 1 << 20 }] }]
    const { responses } = await world.ask(Fetch, 13, { topics: byId, maxWaitMs: 0 })
    expect(responses).toMatchObject([{ topicId, partitions: [{ errorCode: NOT_LEADER }] }])
  })
})

describe('a delay', () => {
  test('holds a request, and all behind it on its connection, but nobody else', async () => {
    faults().add({ api: 'Produce', topic: 'a', delayMs: 1000 })
    const client = await world.connect()
    const answered: string[] = []
    const answers = [
      client.send(Produce, 9, producing('a')).then(() => answered.push('produce')),
      client.send(ListOffsets, 1, { topics: [] }).then(() => answered.push('list')),
    ]
    expect(await produce('b')).toEqual({ b: 0 })
    await world.timers.advance(999)
    expect(answered).toEqual([])
    expect(await stored('a')).toEqual([])
    await world.timers.advance(1)
    await world.until(Promise.all(answers))
    expect(answered).toEqual(['produce', 'list'])
    expect(await stored('a')).toEqual(['a'])
  })

  test('is over when the fault is removed', async () => {
    const fault = faults().add({ api: 'Produce', delayMs: 60_000 })
    const client = await world.connect()
    const answer = client.send(Produce, 9, producing('a'))
    await world.timers.settle()
    expect(fault.hits).toBe(1)
    fault.remove()
    expect((await world.until(answer)).responses).toHaveLength(1)
  })

  test('comes before whatever else happens', async () => {
    faults().add({ delayMs: 500, error: 'NOT_LEADER_OR_FOLLOWER', times: 1 })
    const client = await world.connect()
    const answer = client.send(Produce, 9, producing('a'))
    await world.timers.advance(500)
    const { responses } = await world.until(answer)
    expect(responses[0]!.partitionResponses).toMatchObject([{ errorCode: NOT_LEADER }])
  })
})

describe('a lost connection', () => {
  test('comes before the request is served', async () => {
    faults().add({ api: 'Produce', disconnect: true, times: 1 })
    expect(await world.askAlone(Produce, 9, producing('a'))).toBe('closed')
    expect(await stored('a')).toEqual([])
  })

  test('or after it was, as one wants', async () => {
    faults().add({ api: 'Produce', disconnect: true, when: 'after', times: 1 })
    expect(await world.askAlone(Produce, 9, producing('a'))).toBe('closed')
    expect(await stored('a')).toEqual(['a'])
  })

  test('does not take the answers with it that came before', async () => {
    faults().add({ api: 'ListOffsets', disconnect: true })
    const client = await world.connect()
    const first = client.send(Produce, 9, producing('a'))
    const second = client.send(ListOffsets, 1, { topics: [] }).catch(() => 'lost')
    expect((await world.until(first)).responses).toHaveLength(1)
    expect(await world.until(second)).toBe('lost')
  })
})

test('an answer that is dropped never comes, although the request was served', async () => {
  faults().add({ api: 'Produce', drop: true, times: 1 })
  const client = await world.connect()
  let isAnswered = false
  const lost = client.send(Produce, 9, producing('a')).then(
    () => {
      isAnswered = true
    },
    () => 'lost',
  )
  await world.timers.advance(600_000)
  expect(isAnswered).toBe(false)
  expect(await stored('a')).toEqual(['a'])
  await world.until(client.destroy())
  expect(await world.until(lost)).toBe('lost')
})

describe('which requests it happens to', () => {
  test('can depend on the client', async () => {
    const fault = faults().add({ clientId: 'somebody else', error: 'NOT_LEADER_OR_FOLLOWER' })
    expect(await produce('a')).toEqual({ a: 0 })
    expect(fault.hits).toBe(0)
  })

  test('can be a matter of chance, the same each time', async () => {
    const outcomesWith = async (seed: number) => {
      const fault = faults().add({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER', probability: 0.5, seed })
      const outcomes: number[] = []
      for (let n = 0; n < 40; n++) outcomes.push((await produce('a'))['a']!)
      expect(fault.hits).toBe(outcomes.filter(code => code !== 0).length)
      fault.remove()
      return outcomes
    }
    const first = await outcomesWith(7)
    expect(new Set(first)).toEqual(new Set([0, NOT_LEADER]))
    expect(await outcomesWith(7)).toEqual(first)
    expect(await outcomesWith(8)).not.toEqual(first)
  })

  test('is decided by the fault that was added first', async () => {
    faults().add({ api: 'Produce', topic: 'a', error: 'KAFKA_STORAGE_ERROR', times: 1 })
    faults().add({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER' })
    expect(await produce('b')).toEqual({ b: NOT_LEADER })
    expect(await produce('a')).toEqual({ a: ErrorCode.KAFKA_STORAGE_ERROR })
    expect(await produce('a')).toEqual({ a: NOT_LEADER })
  })
})

test('faults are listed with what they did, and removed one by one or together', async () => {
  const first = faults().add({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 })
  faults().add({ api: 'Fetch', delayMs: 5 })
  await produce('a')
  expect(faults().list()).toMatchObject([
    { id: 1, hits: 1, options: { api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 } },
    { id: 2, hits: 0, options: { api: 'Fetch', delayMs: 5 } },
  ])
  first.remove()
  first.remove()
  expect(world.logger.at('warn').map(({ fields }) => fields)).toMatchObject([
    { fault: 1, api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER' },
    { fault: 2, api: 'Fetch' },
  ])
  expect(world.logger.at('info').at(-1)).toMatchObject({ fields: { fault: 1, hits: 1 } })
  expect(faults().list()).toMatchObject([{ id: 2 }])
  faults().clear()
  expect(faults().list()).toEqual([])
})

test('a fault that makes no sense is refused', () => {
  expect(() => faults().add({ api: 'Produce' })).toThrow('has to say what happens')
  expect(faults().list()).toEqual([])
})

test('a broker that stops waits neither for delays nor for answers that never come', async () => {
  faults().add({ api: 'Produce', topic: 'a', delayMs: 60_000 })
  faults().add({ api: 'Produce', topic: 'b', drop: true })
  const clients = [await world.connect(), await world.connect()]
  const lost = clients.map((client, index) =>
    client.send(Produce, 9, producing(['a', 'b'][index]!)).then(
      () => 'answered',
      () => 'lost',
    ),
  )
  await world.timers.settle()
  await world.until(world.broker.close())
  expect(await world.until(Promise.all(lost))).toEqual(['answered', 'lost'])
})
