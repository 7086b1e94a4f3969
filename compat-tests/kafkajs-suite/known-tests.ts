/** Tests of which something is known. */
interface KnownTests {
  readonly file: RegExp
  /** Part of the full name; all tests of the file when it is missing. */
  readonly name?: RegExp
  readonly reason: string
}

/** What a single node without TLS and SASL cannot be asked for. These tests are not run. */
const NOT_APPLICABLE: readonly KnownTests[] = [
  { file: /./, name: /\bSSL\b/, reason: 'needs TLS' },
  {
    file: /^src\/(?!broker\/saslAuthenticator)/,
    name: /\b(SASL|SCRAM|PLAIN|SaslAuthenticate)\b|mechanism isn't supported/,
    reason: 'needs SASL',
  },
  { file: /admin\/.*(create|describe|delete)Acls/, reason: 'needs SASL, by which users log in' },
  {
    file: /admin\/.*(alter|describe)Configs/,
    name: / broker configs$/,
    reason: 'needs a second broker, whose settings it asks for',
  },
  {
    file: /PartitionReassignments/,
    name: /invalid broker|reassign partitions$|list reassignments|> (alter|list)PartitionReassignments request/,
    reason: 'needs a second broker, which is to have replicas',
  },
  {
    file: /admin\/.*createTopics/,
    name: /manual replica assignment/,
    reason: 'needs a second broker, which is to have replicas',
  },
  {
    file: /admin\/.*deleteTopicRecords/,
    name: /from the last successful partition|non-retriable, will not|all broker errors are retriable/,
    reason: 'needs a second broker, which is to lead a partition',
  },
  {
    file: /broker\/.*deleteRecords/,
    name: /not the partition leader/,
    reason: 'needs a second broker, which is not the leader',
  },
  { file: /admin\/.*describeCluster/, reason: 'needs a second broker: it counts three' },
  {
    file: /cluster\/.*brokerPool/,
    name: /#removeBroker (removes|replaces|erases)|updates the list of brokers$|cleans up unused brokers/,
    reason: 'needs a second broker, which is to be found or lost',
  },
  {
    file: /cluster\/.*brokerPool/,
    name: /if it has connected brokers|if any of the brokers are connected|connects the broker if it is not/,
    reason: 'needs a second broker besides the first that a client connects to',
  },
  {
    file: /cluster\/.*findGroupCoordinator/,
    name: /broker not found|across all brokers|ECONNREFUSED/,
    reason: 'needs a second broker, which is asked when the first one fails',
  },
  {
    file: /producer\/.*idempotentProduceMessages/,
    name: /where produce\(\) throws/,
    reason: 'needs a second broker: it looks for 0, 1 and 2',
  },
]

/** What fails, with more to say about it than the test does. */
const KNOWN_TO_FAIL: readonly KnownTests[] = [
  { file: /broker\/.*Acls/, reason: 'ACLs are not served yet' },
  {
    file: /admin\/.*alterPartitionReassignments/,
    name: /a topic that does not exist/,
    reason: 'reassignments are not served yet',
  },
  { file: /broker\/.*listOffsets/, name: /v0 request/, reason: 'version 0 of ListOffsets went with Kafka 4' },
  {
    file: /broker\/.*produce/,
    name: /max timestamp difference/,
    reason: 'the setting message.timestamp.difference.max.ms went with Kafka 4',
  },
  {
    file: /broker\/.*describeConfigs/,
    name: /without config names/,
    reason: 'the settings message.format.version and message.timestamp.difference.max.ms went with Kafka 4',
  },
  {
    file: /broker\/.*txnOffsetCommit/,
    name: /ignores invalid transaction fields/,
    reason: 'a producer id that was never given out is refused, as by Kafka 4',
  },
]

const reasonAmong = (known: readonly KnownTests[], file: string, name: string): string | null =>
  known.find(tests => tests.file.test(file) && (tests.name?.test(name) ?? true))?.reason ?? null

/** Why a test is not run; null: it is. */
export const whyNotApplicable = (file: string, name: string): string | null => reasonAmong(NOT_APPLICABLE, file, name)

/** Why a test that failed did; null: nothing is known but its error. */
export const whyFailed = (file: string, name: string): string | null => reasonAmong(KNOWN_TO_FAIL, file, name)

/** These tests wait for one millisecond at most and expect that no broker is as fast. */
const SLOW_BROKER = /request timeout event/
const SLOW_BROKER_LATENCY_MS = 20

/** For how many milliseconds the requests of a test are held back. */
export const latencyFor = (name: string): number => (SLOW_BROKER.test(name) ? SLOW_BROKER_LATENCY_MS : 0)
