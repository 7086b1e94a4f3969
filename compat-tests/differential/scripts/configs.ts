import { DescribeConfigs } from '../../../protocol/messages/32-describe-configs'
import { AlterConfigs } from '../../../protocol/messages/33-alter-configs'
import { IncrementalAlterConfigs } from '../../../protocol/messages/44-incremental-alter-configs'
import { ListConfigResources } from '../../../protocol/messages/74-list-config-resources'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic } from '../steps'

const Resource = { UNKNOWN: 0, TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const
const Operation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

type Change = readonly [name: string, configOperation: number, value: string | null]

const describe = (
  stage: Stage,
  version: number,
  [resourceType, resourceName]: readonly [number, string],
  configurationKeys: readonly string[] | null = null,
  options: { includeSynonyms?: boolean; includeDocumentation?: boolean } = {},
) =>
  stage.send(DescribeConfigs, version, { resources: [{ resourceType, resourceName, configurationKeys }], ...options })

const change = (
  stage: Stage,
  version: number,
  [resourceType, resourceName]: readonly [number, string],
  changes: readonly Change[],
  validateOnly = false,
) => {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }))
  return stage.send(IncrementalAlterConfigs, version, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly,
  })
}

/** Waits until a change is visible: a topic that is made later is only visible after it. */
const settled = (stage: Stage) => newTopic(stage, { label: 'later' })

/** Changes a topic that has cleanup.policy=compact and retention.ms=5000, and looks at it afterwards. */
const changeTopic = async (stage: Stage, version: number, changes: readonly Change[], validateOnly = false) => {
  const { name } = await newTopic(stage, { configs: { 'cleanup.policy': 'compact', 'retention.ms': '5000' } })
  await change(stage, version, [Resource.TOPIC, name], changes, validateOnly)
  await settled(stage)
  const keys = ['cleanup.policy', 'retention.ms', 'max.message.bytes']
  await describe(stage, 4, [Resource.TOPIC, name], keys)
}

const alterTopic = async (
  stage: Stage,
  version: number,
  configs: readonly { readonly name: string; readonly value: string | null }[],
  validateOnly = false,
) => {
  const { name } = await newTopic(stage, { configs: { 'cleanup.policy': 'compact', 'retention.ms': '5000' } })
  const resources = [{ resourceType: Resource.TOPIC, resourceName: name, configs }]
  await stage.send(AlterConfigs, version, { resources, validateOnly })
  await settled(stage)
  const keys = ['cleanup.policy', 'retention.ms', 'max.message.bytes']
  await describe(stage, 4, [Resource.TOPIC, name], keys)
}

const TOPIC_CHANGES: Readonly<Record<string, readonly Change[]>> = {
  'a setting is set': [['retention.ms', Operation.SET, '7000']],
  'a setting is deleted': [['retention.ms', Operation.DELETE, null]],
  'a setting that was not set is deleted': [['max.message.bytes', Operation.DELETE, null]],
  'a list gets longer': [['cleanup.policy', Operation.APPEND, 'delete']],
  'a list gets what it has': [['cleanup.policy', Operation.APPEND, 'compact']],
  'a list gets shorter': [['cleanup.policy', Operation.SUBTRACT, 'compact']],
  'a list loses what it does not have': [['cleanup.policy', Operation.SUBTRACT, 'delete']],
  'a number gets longer': [['retention.ms', Operation.APPEND, '1']],
  'a setting is set to nothing': [['retention.ms', Operation.SET, null]],
  'a setting is set to an empty text': [['retention.ms', Operation.SET, '']],
  'a setting is set to a bad value': [['retention.ms', Operation.SET, 'soon']],
  'a setting is set to a value out of range': [['max.message.bytes', Operation.SET, '-1']],
  'an unknown setting is set': [['no.such.setting', Operation.SET, '1']],
  'an unknown setting is deleted': [['no.such.setting', Operation.DELETE, null]],
  'an unknown operation': [['retention.ms', 9, '1']],
  'a setting twice': [
    ['retention.ms', Operation.SET, '1000'],
    ['retention.ms', Operation.SET, '2000'],
  ],
  'several settings': [
    ['retention.ms', Operation.DELETE, null],
    ['max.message.bytes', Operation.SET, '2000'],
    ['cleanup.policy', Operation.APPEND, 'delete'],
  ],
  'one good setting and a bad one': [
    ['max.message.bytes', Operation.SET, '2000'],
    ['retention.ms', Operation.SET, 'soon'],
  ],
  'no settings': [],
}

export const configs = area(
  'configs',
  script('a topic is described', [1, 2, 3, 4], async (stage, version) => {
    const { name } = await newTopic(stage, { configs: { 'cleanup.policy': 'compact' } })
    await describe(stage, version, [Resource.TOPIC, name])
  }),
  script('a topic is described with synonyms', [1, 4], async (stage, version) => {
    const { name } = await newTopic(stage, { configs: { 'retention.ms': '5000' } })
    const keys = ['retention.ms', 'segment.bytes', 'cleanup.policy', 'max.message.bytes', 'compression.type']
    await describe(stage, version, [Resource.TOPIC, name], keys, { includeSynonyms: true })
  }),
  script('a topic is described with documentation', [3, 4], async (stage, version) => {
    const { name } = await newTopic(stage)
    await describe(stage, version, [Resource.TOPIC, name], ['retention.ms'], { includeDocumentation: true })
  }),
  script('settings that a topic does not have are described', [1, 4], async (stage, version) => {
    const { name } = await newTopic(stage)
    await describe(stage, version, [Resource.TOPIC, name], ['no.such.setting', 'retention.ms'])
  }),
  script('no settings are described', [1, 4], async (stage, version) => {
    const { name } = await newTopic(stage)
    await describe(stage, version, [Resource.TOPIC, name], [])
  }),
  script('an unknown topic is described', [1, 4], (stage, version) =>
    describe(stage, version, [Resource.TOPIC, stage.name('unknown')]),
  ),
  script('a name that no topic can have is described', [1, 4], (stage, version) =>
    describe(stage, version, [Resource.TOPIC, 'a b']),
  ),
  script('a broker is described', [1, 4], (stage, version) => {
    const keys = ['num.partitions', 'log.retention.ms', 'message.max.bytes', 'node.id', 'compression.type', 'no.such']
    return describe(stage, version, [Resource.BROKER, '1'], keys)
  }),
  script('a broker is described with synonyms', [1, 4], (stage, version) => {
    const keys = ['log.retention.ms', 'log.segment.bytes', 'log.cleanup.policy', 'broker.id']
    return describe(stage, version, [Resource.BROKER, '1'], keys, { includeSynonyms: true })
  }),
  script('all brokers are described', [1, 4], (stage, version) =>
    describe(stage, version, [Resource.BROKER, ''], ['log.retention.ms']),
  ),
  script('an unknown broker is described', [1, 4], (stage, version) =>
    describe(stage, version, [Resource.BROKER, '9']),
  ),
  script('a broker that is no number is described', [1, 4], (stage, version) =>
    describe(stage, version, [Resource.BROKER, 'one']),
  ),
  script('an unknown kind of resource is described', [1, 4], (stage, version) => describe(stage, version, [77, 'x'])),
  script('the resource of kind 0 is described', [4], (stage, version) =>
    describe(stage, version, [Resource.UNKNOWN, 'x']),
  ),
  script('a group is described', [4], (stage, version) =>
    describe(stage, version, [Resource.GROUP, stage.name('group')]),
  ),
  script('a group without a name is described', [4], (stage, version) =>
    describe(stage, version, [Resource.GROUP, '']),
  ),
  script('a group gets a setting', [0, 1], async (stage, version) => {
    const group = [Resource.GROUP, stage.name('group')] as const
    await change(stage, version, group, [['consumer.session.timeout.ms', Operation.SET, '50000']])
    await settled(stage)
    await describe(stage, 4, group, ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms'], {
      includeSynonyms: true,
    })
  }),
  script('a group gets a setting that is too small', [1], (stage, version) =>
    change(
      stage,
      version,
      [Resource.GROUP, stage.name('group')],
      [['consumer.session.timeout.ms', Operation.SET, '1']],
    ),
  ),
  script('a group gets an unknown setting', [1], (stage, version) =>
    change(stage, version, [Resource.GROUP, stage.name('group')], [['no.such.setting', Operation.SET, '1']]),
  ),
  script('loggers of an unknown broker are described', [4], (stage, version) =>
    describe(stage, version, [Resource.BROKER_LOGGER, '9']),
  ),
  script('loggers without a broker are described', [4], (stage, version) =>
    describe(stage, version, [Resource.BROKER_LOGGER, '']),
  ),
  ...Object.entries(TOPIC_CHANGES).map(([about, changes]) =>
    script(about, [0, 1], (stage, version) => changeTopic(stage, version, changes)),
  ),
  script('a setting is only validated', [0, 1], (stage, version) =>
    changeTopic(stage, version, [['retention.ms', Operation.SET, '7000']], true),
  ),
  script('a bad setting is only validated', [1], (stage, version) =>
    changeTopic(stage, version, [['retention.ms', Operation.SET, 'soon']], true),
  ),
  script('an unknown topic is changed', [0, 1], (stage, version) =>
    change(stage, version, [Resource.TOPIC, stage.name('unknown')], [['retention.ms', Operation.SET, '1']]),
  ),
  script('an unknown kind of resource is changed', [1], (stage, version) =>
    change(stage, version, [77, 'x'], [['retention.ms', Operation.SET, '1']]),
  ),
  script('an unknown broker is changed', [1], (stage, version) =>
    change(stage, version, [Resource.BROKER, '9'], [['log.cleaner.threads', Operation.SET, '2']]),
  ),
  script('a broker gets a setting that cannot change', [1], (stage, version) =>
    change(stage, version, [Resource.BROKER, '1'], [['log.dirs', Operation.SET, '/tmp']]),
  ),
  script('a broker gets a bad value', [1], (stage, version) =>
    change(stage, version, [Resource.BROKER, '1'], [['message.max.bytes', Operation.SET, 'many']]),
  ),
  script('the same topic twice', [1], async (stage, version) => {
    const { name } = await newTopic(stage)
    const configs = [{ name: 'retention.ms', configOperation: 0, value: '1000' }]
    const resource = { resourceType: Resource.TOPIC, resourceName: name, configs }
    await stage.send(IncrementalAlterConfigs, version, { resources: [resource, resource] })
  }),
  script('settings are replaced', [0, 1, 2], (stage, version) =>
    alterTopic(stage, version, [{ name: 'max.message.bytes', value: '2000' }]),
  ),
  script('settings are replaced by none', [0, 2], (stage, version) => alterTopic(stage, version, [])),
  script('settings are replaced by a bad one', [0, 2], (stage, version) =>
    alterTopic(stage, version, [{ name: 'retention.ms', value: 'soon' }]),
  ),
  script('settings are replaced by nothing', [0, 2], (stage, version) =>
    alterTopic(stage, version, [{ name: 'retention.ms', value: null }]),
  ),
  script('replacing settings is only validated', [0, 2], (stage, version) =>
    alterTopic(stage, version, [{ name: 'max.message.bytes', value: '2000' }], true),
  ),
  script('settings of an unknown topic are replaced', [0, 2], (stage, version) => {
    const resource = { resourceType: Resource.TOPIC, resourceName: stage.name('unknown'), configs: [] }
    return stage.send(AlterConfigs, version, { resources: [resource] })
  }),
  script('resources of an unknown kind are listed', [1], (stage, version) =>
    stage.send(ListConfigResources, version, { resourceTypes: [77] }),
  ),
  script('resources that have settings', [0, 1], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(ListConfigResources, version, {}, answer => ({
      ...answer,
      configResources: answer.configResources.filter(({ resourceName }) => resourceName === name),
    }))
  }),
)
