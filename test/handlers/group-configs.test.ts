import { ErrorCode } from '../../protocol/errors'
import { DescribeConfigs } from '../../protocol/messages/32-describe-configs'
import { AlterConfigs } from '../../protocol/messages/33-alter-configs'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { ListConfigResources } from '../../protocol/messages/74-list-config-resources'
import { TestBroker } from '../support/test-broker'

const { INVALID_CONFIG, INVALID_REQUEST, NONE } = ErrorCode
const GROUP = 32
const SESSION = 'consumer.session.timeout.ms'
const HEARTBEAT = 'consumer.heartbeat.interval.ms'
const DELETE = 1
const VERSIONS = [1, 2, 3, 4]

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start()
})

afterEach(() => broker.close())

interface Setting {
  readonly name: string
  readonly value: string | null
  readonly configOperation?: number
}

const alter = async (
  api: typeof AlterConfigs | typeof IncrementalAlterConfigs,
  group: string,
  ...configs: Setting[]
) => {
  const resources = [{ resourceType: GROUP, resourceName: group, configs }]
  const { errorCode, errorMessage } = (await broker.ask(api, 1, { resources })).responses[0]!
  return [errorCode, errorMessage]
}

const set = (group: string, name: string, value: string | null) =>
  alter(IncrementalAlterConfigs, group, { name, value })

const describeGroup = async (group: string, configurationKeys: string[] | null, version = 4) => {
  const resources = [{ resourceType: GROUP, resourceName: group, configurationKeys }]
  return (await broker.ask(DescribeConfigs, version, { resources, includeSynonyms: true })).results[0]!
}

const valuesOf = async (group: string): Promise<(string | null)[]> =>
  (await describeGroup(group, [SESSION, HEARTBEAT])).configs.map(({ value }) => value)

const listed = async (): Promise<string[]> =>
  (await broker.ask(ListConfigResources, 1, { resourceTypes: [GROUP] })).configResources.map(
    ({ resourceName }) => resourceName,
  )

test('settings of a group are set one by one, replaced as a whole, and deleted', async () => {
  expect(await set('g', SESSION, '46000')).toEqual([NONE, null])
  expect(await set('g', HEARTBEAT, '6000')).toEqual([NONE, null])
  expect(await valuesOf('g')).toEqual(['46000', '6000'])
  expect(await valuesOf('h')).toEqual(['45000', '5000'])
  expect(await alter(AlterConfigs, 'g', { name: SESSION, value: '48000' })).toEqual([NONE, null])
  expect(await valuesOf('g')).toEqual(['48000', '5000'])
  expect(await listed()).toEqual(['g'])
  expect(await alter(IncrementalAlterConfigs, 'g', { name: SESSION, value: null, configOperation: DELETE })).toEqual([
    NONE,
    null,
  ])
  expect(await valuesOf('g')).toEqual(['45000', '5000'])
  expect(await listed()).toEqual([])
})

test.each(VERSIONS)('version %i tells where a value comes from', async version => {
  await set('g', SESSION, '46000')
  const { errorCode, configs } = await describeGroup('g', [SESSION, 'no.such'], version)
  expect(errorCode).toBe(NONE)
  expect(configs).toMatchObject([
    {
      name: SESSION,
      value: '46000',
      readOnly: false,
      configSource: 8,
      synonyms: [
        { name: SESSION, value: '46000', source: 8 },
        { name: 'group.consumer.session.timeout.ms', value: '45000', source: 5 },
      ],
    },
  ])
})

test('a group that nobody has heard of has all settings', async () => {
  const { errorCode, configs } = await describeGroup('nobody', null)
  expect(errorCode).toBe(NONE)
  expect(configs).toHaveLength(17)
})

test('what is refused changes nothing', async () => {
  await set('g', SESSION, '46000')
  const tooShort = `${SESSION} must be greater than or equal to group.consumer.min.session.timeout.ms`
  expect(await set('g', SESSION, '44999')).toEqual([INVALID_CONFIG, tooShort])
  expect(await alter(AlterConfigs, 'g', { name: SESSION, value: '44999' })).toEqual([INVALID_CONFIG, tooShort])
  expect(await set('g', 'no.such', '1')).toEqual([INVALID_CONFIG, 'Unknown group config name: no.such'])
  expect(await set('g', SESSION, null)).toEqual([INVALID_REQUEST, `Null value not supported for : ${SESSION}`])
  expect(await valuesOf('g')).toEqual(['46000', '5000'])
})

test('what is only validated changes nothing', async () => {
  const resources = [{ resourceType: GROUP, resourceName: 'g', configs: [{ name: SESSION, value: '46000' }] }]
  await broker.ask(IncrementalAlterConfigs, 1, { resources, validateOnly: true })
  expect(await listed()).toEqual([])
})

test('there is no group without a name', async () => {
  const refusal = [INVALID_REQUEST, 'Default group resources are not allowed.']
  expect(await set('', SESSION, '46000')).toEqual(refusal)
  expect(await alter(AlterConfigs, '', { name: SESSION, value: '46000' })).toEqual(refusal)
  expect(await describeGroup('', null)).toMatchObject({
    errorCode: INVALID_REQUEST,
    errorMessage: 'Group name must not be empty',
  })
})
