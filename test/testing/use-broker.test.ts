import type { StartBrokerOptions } from '../../src'
import { useBroker as useJestBroker } from '../../src/testing/jest'
import { useBroker } from '../../src/testing/use-broker'

/** A test runner in miniature. */
const runner = (options?: StartBrokerOptions) => {
  const hooks: Record<string, () => Promise<void>> = {}
  const setter = (name: string) => (run: () => Promise<void>) => {
    hooks[name] = run
  }
  const [beforeAll, beforeEach, afterAll] = [setter('beforeAll'), setter('beforeEach'), setter('afterAll')]
  const broker = useBroker({ beforeAll, beforeEach, afterAll }, options)
  return { broker, run: (name: string) => hooks[name]!() }
}

test('a broker is started before all tests, as new before each, and closed after the last', async () => {
  const { broker, run } = runner({ topics: { t: { records: ['seed'] } } })
  await run('beforeAll')
  const { bootstrapServers } = broker
  for (let count = 0; count < 3; count++) {
    await run('beforeEach')
    expect(await broker.records('t')).toMatchObject([{ value: 'seed' }])
    await broker.produce('t', ['of this test'])
    expect(broker.bootstrapServers).toBe(bootstrapServers)
  }
  await run('afterAll')
  await expect(broker.produce('t', ['late'])).rejects.toThrow()
})

test('faults do not outlive their test', async () => {
  const { broker, run } = runner()
  await run('beforeAll')
  await run('beforeEach')
  broker.faults.add({ drop: true })
  await run('beforeEach')
  expect(broker.faults.list()).toEqual([])
  await run('afterAll')
})

test('it is not there before the first test, and says so', async () => {
  const { broker, run } = runner()
  expect(() => broker.bootstrapServers).toThrow('it is started before the first test')
  await run('afterAll')
})

test('a start that fails is told by the hook', async () => {
  const { run } = runner({ settings: { 'num.partitions': 0 } })
  await expect(run('beforeAll')).rejects.toThrow('num.partitions')
  await run('beforeEach')
})

describe('with the hooks of jest', () => {
  const broker = useJestBroker({ topics: { t: 2 } })

  test('one call is all it takes', async () => {
    expect(await broker.produce('t', ['a'])).toEqual([{ partition: 0, offset: 0 }])
  })

  test('the next test starts anew', async () => {
    expect(await broker.records('t')).toEqual([])
  })
})

test('without global hooks it says where to look', () => {
  const { beforeAll } = globalThis
  Object.assign(globalThis, { beforeAll: undefined })
  expect(() => useJestBroker()).toThrow('use odradek/testing')
  Object.assign(globalThis, { beforeAll })
})
