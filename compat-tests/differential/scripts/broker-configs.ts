import { DescribeConfigs } from '../../../protocol/messages/32-describe-configs'
import { AlterConfigs } from '../../../protocol/messages/33-alter-configs'
import { IncrementalAlterConfigs } from '../../../protocol/messages/44-incremental-alter-configs'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic } from '../steps'

const Resource = { BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16 } as const
const SET = 0
const DELETE = 1
/** A setting that changes while brokers run, and that no other script looks at. */
const SETTING = 'producer.id.expiration.ms'

const describe = async (stage: Stage, resourceName: string, name = SETTING) => {
  // A topic that is made later is only visible after the change.
  await newTopic(stage, { label: `after-${stage.exchanges.length}` })
  const resources = [{ resourceType: Resource.BROKER, resourceName, configurationKeys: [name] }]
  await stage.send(DescribeConfigs, 4, { resources, includeSynonyms: true })
}

const change = (
  stage: Stage,
  [resourceType, resourceName]: readonly [number, string],
  [name, configOperation, value]: readonly [string, number, string | null],
) => {
  const configs = [{ name, configOperation, value }]
  return stage.send(IncrementalAlterConfigs, 1, { resources: [{ resourceType, resourceName, configs }] })
}

export const brokerConfigs = area(
  'settings of brokers',
  script('a broker and all brokers get a setting and lose it', [4], async stage => {
    const [one, all] = [[Resource.BROKER, '1'] as const, [Resource.BROKER, ''] as const]
    await change(stage, all, [SETTING, SET, '86400002'])
    await describe(stage, '1')
    await describe(stage, '')
    await change(stage, one, [SETTING, SET, '86400003'])
    await describe(stage, '1')
    await describe(stage, '')
    await change(stage, one, [SETTING, DELETE, null])
    await describe(stage, '1')
    await change(stage, all, [SETTING, DELETE, null])
    await describe(stage, '1')
  }),
  script('all brokers get a setting that cannot change', [1], stage =>
    change(stage, [Resource.BROKER, ''], ['log.dirs', SET, '/tmp']),
  ),
  script('all brokers get a setting that is of one only', [1], stage =>
    change(stage, [Resource.BROKER, ''], ['listeners', SET, 'PLAINTEXT://localhost:1']),
  ),
  script('a broker gets a setting out of range', [1], stage =>
    change(stage, [Resource.BROKER, '1'], ['min.insync.replicas', SET, '0']),
  ),
  script('a broker that is no number gets a setting', [1], stage =>
    change(stage, [Resource.BROKER, 'one'], [SETTING, SET, '86400000']),
  ),
  script('settings of an unknown broker are replaced', [0, 2], (stage, version) =>
    stage.send(AlterConfigs, version, {
      resources: [{ resourceType: Resource.BROKER, resourceName: '9', configs: [{ name: SETTING, value: '1' }] }],
    }),
  ),
  script('a logger that does not exist gets a level', [1], stage =>
    change(stage, [Resource.BROKER_LOGGER, '1'], ['no.such.logger', SET, 'INFO']),
  ),
  script('a logger gets a level that does not exist', [1], stage =>
    change(stage, [Resource.BROKER_LOGGER, '1'], ['kafka.server.KafkaApis', SET, 'LOUD']),
  ),
  script('a logger of an unknown broker gets a level', [1], stage =>
    change(stage, [Resource.BROKER_LOGGER, '9'], ['kafka.server.KafkaApis', SET, 'INFO']),
  ),
  script('loggers are replaced', [0, 2], (stage, version) =>
    stage.send(AlterConfigs, version, {
      resources: [{ resourceType: Resource.BROKER_LOGGER, resourceName: '1', configs: [{ name: 'x', value: 'INFO' }] }],
    }),
  ),
  script('metrics of clients are described', [4], stage =>
    stage.send(DescribeConfigs, 4, {
      resources: [
        { resourceType: Resource.CLIENT_METRICS, resourceName: stage.name('metrics'), configurationKeys: null },
      ],
    }),
  ),
  script('metrics of clients get an unknown setting', [1], stage =>
    change(stage, [Resource.CLIENT_METRICS, stage.name('metrics')], ['no.such.setting', SET, '1']),
  ),
)
