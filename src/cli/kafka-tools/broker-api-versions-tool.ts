import { ApiKey } from '../../../protocol/api-keys'
import { ApiVersions } from '../../../protocol/messages/18-api-versions'
import { BOOTSTRAP_OPTION, type KafkaTool } from './kafka-tool'

/** The last version in which a client need not say what it is. */
const NAMELESS_VERSION = 2
const NAMES = new Map<number, string>(Object.entries(ApiKey).map(([name, key]) => [key, name]))

/** kafka-broker-api-versions.sh (org.apache.kafka.tools.BrokerApiVersionsCommand). */
export const brokerApiVersionsTool: KafkaTool = {
  purpose: 'Prints the APIs that each broker serves, in which versions.',
  options: [BOOTSTRAP_OPTION],
  check() {},
  async *run(_args, { client }) {
    const { brokers } = await client.metadata([])
    for (const { nodeId, host, port, rack } of brokers) {
      const { apiKeys } = await client.requestOf(nodeId, ApiVersions, {}, NAMELESS_VERSION)
      yield `${host}:${port} (id: ${nodeId} rack: ${rack} isFenced: false) -> (`
      const lines = apiKeys.map(({ apiKey, minVersion, maxVersion }) => {
        const versions = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`
        return `\t${NAMES.get(apiKey) ?? 'UNKNOWN'}(${apiKey}): ${versions} [usable: ${maxVersion}]`
      })
      yield lines.join(',\n')
      yield ')'
    }
  },
  failure: message => ({ to: 'stderr', text: message }),
}
