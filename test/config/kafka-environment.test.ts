import { environmentSettings } from '../../src/config/kafka-environment'

describe('the environment', () => {
  test.each([
    ['KAFKA_LOG_RETENTION_MS', 'log.retention.ms'],
    ['KAFKA_A__B', 'a_b'],
    ['KAFKA_A___B', 'a-b'],
    // As Apache's image makes them (kafka.docker.KafkaDockerWrapper).
    ['KAFKA_A____B', 'a-.b'],
    ['KAFKA_A_____B', 'a-_b'],
    ['KAFKA_KAFKA_X', 'kafka.x'],
    ['KAFKA_LISTENER_NAME_EXTERNAL_SSL_KEY_PASSWORD', 'listener.name.external.ssl.key.password'],
  ])('%s sets %s', (variable, name) => {
    expect(environmentSettings({ [variable]: 'v' })).toEqual([{ name, value: 'v', variable }])
  })

  test.each([
    'KAFKA_HEAP_OPTS',
    'KAFKA_OPTS',
    'KAFKA_JMX_PORT',
    'KAFKA_JMX_OPTS',
    'KAFKA_LOG4J_ROOT_LOGLEVEL',
    'KAFKA_SSL_KEYSTORE_FILENAME',
    'KAFKA_SSL_KEY_CREDENTIALS',
    'KAFKA_SERVICE_HOST',
    'KAFKA_SERVICE_PORT_CLIENTS',
    'KAFKA_PORT',
    'KAFKA_PORT_9092_TCP_ADDR',
    'CLUSTER_ID',
    'kafka_num_partitions',
    'XKAFKA_NUM_PARTITIONS',
  ])('%s is no setting', variable => {
    expect(environmentSettings({ [variable]: 'v' })).toEqual([])
  })

  it('keeps empty values and leaves out variables that are not there', () => {
    expect(environmentSettings({ KAFKA_BROKER_RACK: '', KAFKA_NUM_PARTITIONS: undefined })).toEqual([
      { name: 'broker.rack', value: '', variable: 'KAFKA_BROKER_RACK' },
    ])
  })
})
