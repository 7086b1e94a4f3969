import { ErrorCode } from '../../protocol/errors'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { ListConfigResources } from '../../protocol/messages/74-list-config-resources'
import { TestBroker } from '../support/test-broker'

const TOPIC = 2
const BROKER = 4

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start()
  await broker.createTopic('a')
  await broker.createTopic('b')
})

afterAll(() => broker.close())

const list = async (version: number, resourceTypes: readonly number[] = []) => {
  const { errorCode, configResources } = await broker.ask(ListConfigResources, version, { resourceTypes })
  const names = configResources.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`)
  return { errorCode, names: names.sort() }
}

test('version 0 lists client metrics alone, which nobody can set', async () => {
  expect(await list(0)).toEqual({ errorCode: ErrorCode.NONE, names: [] })
})

test('version 1 lists what is asked for, or all', async () => {
  expect(await list(1, [TOPIC])).toEqual({ errorCode: ErrorCode.NONE, names: ['2 a', '2 b'] })
  expect(await list(1, [BROKER])).toEqual({ errorCode: ErrorCode.NONE, names: ['4 1'] })
  expect(await list(1, [BROKER, TOPIC, BROKER])).toEqual({ errorCode: ErrorCode.NONE, names: ['2 a', '2 b', '4 1'] })
  expect((await list(1)).names).toEqual(expect.arrayContaining(['2 a', '2 b', '4 1']))
})

test.each([0, 1, 64, -1])('there is no type %i', async type => {
  expect(await list(1, [TOPIC, type])).toEqual({ errorCode: ErrorCode.UNSUPPORTED_VERSION, names: [] })
})

test('settings for all brokers make no resource of their own', async () => {
  await broker.ask(IncrementalAlterConfigs, 1, {
    resources: [{ resourceType: BROKER, resourceName: '', configs: [{ name: 'log.retention.ms', value: '9' }] }],
  })
  expect((await list(1, [BROKER])).names).toEqual(['4 1'])
})
