/** Variables with Kafka's prefix that are meant for Java, for scripts or for the image, as in Apache's. */
const NO_SETTINGS = new Set([
  'KAFKA_BASE_DIR',
  'KAFKA_CLUSTER_ID',
  'KAFKA_DEBUG',
  'KAFKA_GC_LOG_OPTS',
  'KAFKA_HEAP_OPTS',
  'KAFKA_HOME',
  'KAFKA_JMX_HOSTNAME',
  'KAFKA_JMX_OPTS',
  'KAFKA_JMX_PORT',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_LOG4J_LOGGERS',
  'KAFKA_LOG4J_OPTS',
  'KAFKA_LOG4J_ROOT_LOGLEVEL',
  'KAFKA_OPTS',
  'KAFKA_SSL_KEYSTORE_CREDENTIALS',
  'KAFKA_SSL_KEYSTORE_FILENAME',
  'KAFKA_SSL_KEY_CREDENTIALS',
  'KAFKA_SSL_TRUSTSTORE_CREDENTIALS',
  'KAFKA_SSL_TRUSTSTORE_FILENAME',
  'KAFKA_TOOLS_LOG4J_LOGLEVEL',
  'KAFKA_VERSION',
])

/** What Kubernetes and Docker links put into every container beside a service that is called `kafka`. */
const SERVICE_ADDRESS = /^KAFKA_(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_\d+_.*)$/

/** A setting out of the environment. */
export interface EnvironmentSetting {
  readonly name: string
  readonly value: string
  readonly variable: string
}

/**
 * The settings among environment variables, named as in Apache's Docker image: KAFKA_LOG_RETENTION_MS is log.retention.ms; two underscores
 * stand for one, three for a hyphen.
 */
export const environmentSettings = (environment: Readonly<Record<string, string | undefined>>): EnvironmentSetting[] =>
  Object.entries(environment).flatMap(([variable, value]) => {
    const isSetting = variable.startsWith('KAFKA_') && !NO_SETTINGS.has(variable) && !SERVICE_ADDRESS.test(variable)
    return isSetting && value !== undefined ? [{ name: settingName(variable), value, variable }] : []
  })

const UNDERSCORES: Readonly<Record<string, string>> = { _: '.', __: '_', ___: '-' }

const settingName = (variable: string): string =>
  variable
    .slice('KAFKA_'.length)
    .toLowerCase()
    .replace(/_{1,3}/g, underscores => UNDERSCORES[underscores]!)
