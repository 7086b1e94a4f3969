import { VirtualTime } from '../../../src/broker/embedded/broker-time'
import { NodeTimers } from '../../../src/io/node/node-timers'
import { commitOffset, connected, embeddedBroker, kafkaOf } from '../../support/embedded-broker'
import { eventually } from '../../support/eventually'

const HOUR = 3_600_000

test('a broker in real time cannot be moved, and says so', async () => {
  const broker = await embeddedBroker()
  await expect(broker.time.advance(1)).rejects.toThrow("start it with time: 'virtual'")
})

test('virtual time stands still, moves when it is told to, and never back', async () => {
  const broker = await embeddedBroker({ time: 'virtual' })
  const start = broker.time.now()
  await broker.produce('t', ['a'])
  await Promise.all([broker.time.advance(HOUR), broker.time.advance(1)])
  expect(broker.time.now()).toBe(start + HOUR + 1)
  await broker.produce('t', ['b'])
  expect((await broker.records('t')).map(({ timestamp }) => timestamp)).toEqual([start, start + HOUR + 1])
  await expect(broker.time.advance(-1)).rejects.toThrow('time does not go back')
})

test('it is for brokers in memory', async () => {
  const broker = embeddedBroker({ time: 'virtual', storage: 'disk', directory: '/nowhere' })
  await expect(broker).rejects.toThrow("time 'virtual' needs storage 'memory'")
})

test('records go when their retention is over', async () => {
  const configs = { 'retention.ms': HOUR, 'segment.ms': HOUR / 2 }
  const broker = await embeddedBroker({ time: 'virtual', topics: { t: { configs, records: ['a'] } } })
  await broker.time.advance(HOUR - 1000)
  await broker.produce('t', ['b'])
  expect(await broker.records('t')).toMatchObject([{ value: 'a' }, { value: 'b' }])
  await broker.time.advance(HOUR / 2)
  expect(await broker.records('t')).toMatchObject([{ value: 'b' }])
  await broker.time.advance(2 * HOUR)
  expect(await broker.records('t')).toEqual([])
  const admin = await connected(kafkaOf(broker).admin())
  expect(await admin.fetchTopicOffsets('t')).toMatchObject([{ low: '2', high: '2' }])
})

test('a member whose session is over loses its partitions to the others', async () => {
  const broker = await embeddedBroker({ time: 'virtual', topics: { t: 2 } })
  const join = async (clientId: string) => {
    const kafka = kafkaOf(broker, { clientId, retry: { initialRetryTime: 5, maxRetryTime: 20 } })
    const consumer = await connected(
      kafka.consumer({ groupId: 'g', sessionTimeout: 10_000, heartbeatInterval: 20, maxWaitTimeInMs: 20 }),
    )
    const assigned: number[][] = []
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => assigned.push(payload.memberAssignment['t'] ?? []))
    await consumer.subscribe({ topic: 't' })
    await consumer.run({ eachMessage: async () => {} })
    return assigned
  }
  const lively = await join('lively')
  await eventually(() => lively.at(-1)?.length === 2)
  const quiet = await join('quiet')
  await eventually(() => quiet.at(-1)?.length === 1 && lively.at(-1)?.length === 1)
  // Nothing of it arrives any more, as if its process stood still.
  const silence = broker.faults.add({ clientId: 'quiet', delayMs: 3_600_000 })
  await eventually(() => silence.hits > 0)
  const heartbeats = broker.faults.add({ clientId: 'lively', api: 'Heartbeat', delayMs: 0 })
  const heard = async () => {
    const { hits } = heartbeats
    await eventually(() => heartbeats.hits > hits + 1)
  }
  await broker.time.advance(6_000)
  await heard()
  expect(lively.at(-1)).toHaveLength(1)
  await broker.time.advance(6_000)
  await eventually(() => lively.at(-1)?.length === 2)
  silence.remove()
})

test('a transaction whose time is over is aborted, and its producer is fenced', async () => {
  const broker = await embeddedBroker({ time: 'virtual', topics: { t: 1 } })
  const producer = await connected(
    kafkaOf(broker, { retry: { retries: 1, initialRetryTime: 1 } }).producer({
      transactionalId: 'tx',
      transactionTimeout: 60_000,
      idempotent: true,
      maxInFlightRequests: 1,
    }),
  )
  const transaction = await producer.transaction()
  await transaction.send({ topic: 't', messages: [{ value: 'open' }] })
  await broker.produce('t', ['behind it'])
  expect(await broker.records('t', { isolation: 'read_committed' })).toEqual([])
  await broker.time.advance(50_000)
  expect(await broker.records('t', { isolation: 'read_committed' })).toEqual([])
  await broker.time.advance(20_000)
  expect(await broker.records('t', { isolation: 'read_committed' })).toMatchObject([{ value: 'behind it' }])
  await expect(transaction.commit()).rejects.toThrow()
})

test('offsets of a group without members expire', async () => {
  const broker = await embeddedBroker({ time: 'virtual', topics: { t: 1 } })
  const admin = await connected(kafkaOf(broker).admin())
  await commitOffset(broker, 'g', 't', 0)
  await broker.time.advance(6 * 24 * HOUR)
  expect((await admin.listGroups()).groups).toMatchObject([{ groupId: 'g' }])
  await broker.time.advance(25 * HOUR)
  expect((await admin.listGroups()).groups).toEqual([])
})

test('fetches wait in real time, so that consumers poll as ever', async () => {
  const broker = await embeddedBroker({ time: 'virtual', topics: { t: 1 } })
  const consumer = await connected(kafkaOf(broker).consumer({ groupId: 'g', maxWaitTimeInMs: 20 }))
  let fetches = 0
  consumer.on(consumer.events.FETCH, () => fetches++)
  const seen: string[] = []
  await consumer.subscribe({ topic: 't' })
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })
  await eventually(() => fetches > 2)
  await broker.produce('t', ['late'])
  await eventually(() => seen.includes('late'))
})

describe('the timers of virtual time', () => {
  const virtual = () => new VirtualTime(new NodeTimers(), 1_000_000)

  test('run by themselves what is due now, in the order in which it was asked for', async () => {
    const time = virtual()
    const ran: string[] = []
    time.after(1, () => ran.push('later'))
    time.after(0, () => ran.push('cancelled')).cancel()
    time.after(0, () => ran.push('now'))
    time.endOfTurn(() => ran.push('end of turn'))
    await eventually(() => ran.length === 2)
    expect(ran.sort()).toEqual(['end of turn', 'now'])
    expect(time.now()).toBe(1_000_000)
  })

  test('let all that follows from one time settle before the next one comes', async () => {
    const time = virtual()
    const ran: string[] = []
    const note = (what: string) => ran.push(`${what} at ${time.now() - 1_000_000}`)
    time.after(20, () => note('second'))
    time.after(10, () => {
      note('first')
      time.endOfTurn(() => {
        note('its end of turn')
        time.after(0, () => time.after(5, () => note('what it set')))
      })
    })
    await time.advance(20)
    expect(ran).toEqual(['first at 10', 'its end of turn at 10', 'what it set at 15', 'second at 20'])
  })
})
