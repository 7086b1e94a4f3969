import { BOOTSTRAP, type ToolScript, type ToolStep } from './tool-script'
import { ageless, epochless, internalRecords, servedApis, sizeless, sorted, timeless } from './views'

const AT = `--bootstrap-server ${BOOTSTRAP}`

type Options = Pick<ToolStep, 'input' | 'view' | 'expected' | 'isBackground' | 'until'>
type Tool = (args: string, options?: Options) => ToolStep

const tool =
  (name: string): Tool =>
  (args, options = {}) => ({ tool: name, args: `${AT} ${args}`.trim(), ...options })

const topics = tool('TopicCommand')
const configs = tool('ConfigCommand')
const groups = tool('ConsumerGroupCommand')
const offsets = tool('GetOffsetShell')
const deleteRecords = tool('DeleteRecordsCommand')
const logDirs = tool('LogDirsCommand')
const transactions = tool('TransactionsCommand')
const apiVersions = tool('BrokerApiVersionsCommand')
const produce = tool('ConsoleProducer')
const consume = tool('ConsoleConsumer')
const verifiableProduce = tool('VerifiableProducer')
const verifiableConsume = tool('VerifiableConsumer')
const producerPerformance = tool('ProducerPerformance')
const consumerPerformance = tool('ConsumerPerformance')
const allGroups = tool('GroupsCommand')
const cluster = (args: string): ToolStep => ({ tool: 'ClusterTool', args: `${args} ${AT}` })

const transactionalCopy = (args: string): ToolStep => ({
  tool: 'TransactionalMessageCopier',
  args: `--broker-list ${BOOTSTRAP} --transactional-id copier --max-messages 5 --transaction-size 5 ${args}`,
  view: timeless,
})

/**
 * For who knows how much there is to read. One that gives up after seconds has not even joined its group where the first coordinator has
 * to be made for it and the machine is busy: then it prints less, and there is a group less to be listed.
 */
const patiently = (count: number): string => `--max-messages ${count} --timeout-ms 60000`

/** What is in an internal topic, by a formatter of Kafka that knows its records, when there is something of `whose`. */
const readInternal = (topic: string, formatter: string, whose: string): ToolStep =>
  consume(
    `--topic ${topic} --from-beginning --timeout-ms 8000 --formatter org.apache.kafka.tools.consumer.${formatter}`,
    { view: internalRecords, until: new RegExp(`"${whose}"`) },
  )

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `k${n % 7}:v${n}\n`).join('')

/** Records with keys into topics of their own. */
const produceLines = (topic: string, count: number, ...more: readonly string[]): ToolStep =>
  produce([`--topic ${topic} --reader-property parse.key=true --reader-property key.separator=:`, ...more].join(' '), {
    input: lines(count),
  })

const PRINTED = ['partition', 'offset', 'key', 'value', 'headers', 'epoch'].map(
  name => `--formatter-property print.${name}=true`,
)

/** A Kafka with eligible leader replicas (KIP-966) writes this into its cluster when it is formatted, and tools print it. */
export const PREPARATION: ToolScript = {
  name: 'preparation',
  steps: [configs('--alter --entity-type brokers --entity-default --add-config min.insync.replicas=1')],
}

export const TOOL_SCRIPTS: readonly ToolScript[] = [
  {
    name: 'topics',
    steps: [
      topics('--create --topic t1 --partitions 3 --replication-factor 1 --config retention.ms=3600000'),
      topics('--create --topic t2'),
      topics('--create --topic t1'),
      topics('--create --topic t1 --if-not-exists'),
      topics('--create --topic t3 --replication-factor 2'),
      topics('--create --topic t3 --config no.such=1'),
      topics('--create --topic t3 --config retention.ms=many'),
      topics('--create --topic a/b'),
      topics('--list', { view: sorted }),
      topics('--describe --topic t1'),
      topics('--describe', { view: sorted }),
      topics('--describe --topic nowhere'),
      topics('--describe --topics-with-overrides'),
      topics('--describe --under-replicated-partitions'),
      topics('--describe --unavailable-partitions'),
      topics('--alter --topic t1 --partitions 5'),
      topics('--alter --topic t1 --partitions 2'),
      topics('--describe --topic t1'),
      topics('--delete --topic t2'),
      topics('--delete --topic t2'),
      topics('--list', { view: sorted }),
    ],
  },
  {
    name: 'configs',
    steps: [
      topics('--create --topic c1'),
      configs('--describe --entity-type topics --entity-name c1'),
      configs(
        '--alter --entity-type topics --entity-name c1 --add-config max.message.bytes=2000000,cleanup.policy=[compact,delete]',
      ),
      configs('--describe --entity-type topics --entity-name c1'),
      configs('--describe --entity-type topics --entity-name c1 --all', { view: sorted }),
      configs('--alter --entity-type topics --entity-name c1 --delete-config max.message.bytes'),
      configs('--alter --entity-type topics --entity-name c1 --delete-config no.such'),
      configs('--alter --entity-type topics --entity-name c1 --add-config retention.ms=x'),
      configs('--alter --entity-type topics --entity-name nowhere --add-config retention.ms=1000'),
      configs('--describe --entity-type topics', { view: sorted }),
      configs('--alter --entity-type brokers --entity-name 1 --add-config message.max.bytes=2000000'),
      configs('--describe --entity-type brokers --entity-name 1'),
      configs('--alter --entity-type brokers --entity-default --add-config log.retention.ms=7200000'),
      configs('--describe --entity-type brokers --entity-default'),
      configs('--alter --entity-type brokers --entity-name 1 --delete-config message.max.bytes'),
      configs('--alter --entity-type brokers --entity-default --delete-config log.retention.ms'),
      configs('--describe --entity-type brokers', { view: sorted }),
      configs('--alter --entity-type groups --entity-name g --add-config consumer.session.timeout.ms=50000'),
      configs('--describe --entity-type groups --entity-name g', { view: sorted }),
    ],
  },
  {
    name: 'console clients and groups',
    steps: [
      topics('--create --topic g1 --partitions 2'),
      produceLines('g1', 20),
      produceLines('g1', 20, '--compression-codec zstd'),
      topics('--create --topic g2'),
      produce('--topic g2 --reader-property parse.headers=true --reader-property null.marker=NULL', {
        input: 'h1:a,h2:b\tvalue\nh3:c\tNULL\n',
      }),
      consume(`--topic g2 --from-beginning ${patiently(2)} ${PRINTED.join(' ')}`),
      consume(`--topic g1 --from-beginning ${patiently(40)} ${PRINTED.join(' ')}`, { view: sorted }),
      consume('--topic g1 --partition 0 --offset 3 --max-messages 4'),
      consume('--topic g1 --partition 1 --offset latest --timeout-ms 2000'),
      consume('--topic g1 --group classic --from-beginning --max-messages 40', { view: sorted }),
      consume(
        '--topic g1 --group modern --from-beginning --max-messages 40 --consumer-property group.protocol=consumer',
        {
          view: sorted,
        },
      ),
      groups('--list', { view: sorted }),
      groups('--list --state', { view: sorted }),
      groups('--list --type', { view: sorted }),
      groups('--describe --group classic', { view: sorted }),
      groups('--describe --group modern', { view: sorted }),
      groups('--describe --group classic --state'),
      groups('--describe --group modern --state --verbose'),
      groups('--describe --group classic --members'),
      groups('--describe --group nobody'),
      groups('--reset-offsets --group classic --topic g1 --to-earliest --dry-run', { view: sorted }),
      groups('--reset-offsets --group classic --topic g1 --shift-by -5 --execute', { view: sorted }),
      groups('--reset-offsets --group modern --topic g1:1 --to-offset 7 --execute'),
      groups('--reset-offsets --group modern --all-topics --to-offset 1000 --execute', { view: sorted }),
      groups('--reset-offsets --group fresh --topic g1 --to-latest --execute', { view: sorted }),
      groups('--describe --all-groups', { view: sorted }),
      groups('--delete-offsets --group classic --topic g1', { view: sorted }),
      groups('--delete --group classic'),
      groups('--delete --group modern --group nobody'),
      groups('--list', { view: sorted }),
      allGroups('--list', { view: sorted }),
    ],
  },
  ...['classic', 'consumer'].map(protocol => ({
    name: `a group with a member, by the ${protocol} protocol`,
    steps: [
      topics(`--create --topic live-${protocol}`),
      produceLines(`live-${protocol}`, 5),
      consume(
        `--topic live-${protocol} --group live-${protocol} --from-beginning --max-messages 6 --command-property group.protocol=${protocol}`,
        { isBackground: true },
      ),
      groups(`--describe --group live-${protocol}`, { until: /\b5 +5 +0\b/ }),
      groups(`--describe --group live-${protocol} --verbose`),
      groups(`--describe --group live-${protocol} --members --verbose`),
      groups(`--describe --group live-${protocol} --state --verbose`, { view: epochless }),
      groups(`--reset-offsets --group live-${protocol} --topic live-${protocol} --to-earliest --execute`),
      groups(`--delete-offsets --group live-${protocol} --topic live-${protocol}`),
      groups(`--delete --group live-${protocol}`),
      // Now the member has all that it wants, and leaves.
      produceLines(`live-${protocol}`, 1),
      groups(`--describe --group live-${protocol} --state`, { until: /Empty/, view: epochless }),
    ],
  })),
  {
    name: 'internal topics',
    steps: [
      topics('--create --topic i1 --partitions 2'),
      produceLines('i1', 12),
      groups('--reset-offsets --group internal --topic i1 --to-latest --execute', { view: sorted }),
      groups('--delete-offsets --group internal --topic i1:0', { view: sorted }),
      groups('--delete --group internal'),
      readInternal('__consumer_offsets', 'OffsetsMessageFormatter', 'internal'),
      topics('--create --topic i2'),
      transactionalCopy('--input-topic i1 --input-partition 0 --output-topic i2 --consumer-group copier'),
      readInternal('__transaction_state', 'TransactionLogMessageFormatter', 'copier'),
      topics('--describe --topic __consumer_offsets', { view: sorted }),
      topics('--describe --topic __transaction_state', { view: sorted }),
    ],
  },
  {
    name: 'offsets and records',
    steps: [
      topics('--create --topic o1 --partitions 2'),
      topics('--create --topic o2'),
      produceLines('o1', 30),
      offsets('--topic o1'),
      offsets('--topic-partitions o1:1,o2:0 --time earliest'),
      offsets('--topic o1 --time latest'),
      offsets('--topic o1 --time 0'),
      offsets('--topic o1 --time 4000000000000'),
      offsets('--topic o1 --time earliest-local'),
      offsets('--topic o1 --time latest-tiered'),
      offsets('--topic o.* --exclude-internal-topics'),
      offsets('--topic nowhere'),
      logDirs('--describe --topic-list o1,o2', { view: sizeless }),
      logDirs('--describe --broker-list 1 --topic-list o1', { view: sizeless }),
      logDirs('--describe --broker-list 7'),
      {
        ...deleteRecords('--offset-json-file /dev/stdin'),
        input: JSON.stringify({
          version: 1,
          partitions: [
            { topic: 'o1', partition: 0, offset: 4 },
            { topic: 'o1', partition: 1, offset: -1 },
          ],
        }),
      },
      deleteRecords('--offset-json-file /dev/stdin', {
        input: JSON.stringify({ version: 1, partitions: [{ topic: 'o1', partition: 0, offset: 1000 }] }),
      }),
      offsets('--topic o1 --time earliest'),
      consume('--topic o1 --from-beginning --timeout-ms 5000', { view: sorted, until: /v26/ }),
    ],
  },
  {
    name: 'transactions',
    steps: [
      topics('--create --topic x1'),
      {
        tool: 'ProducerPerformance',
        args: `--bootstrap-server ${BOOTSTRAP} --topic x1 --num-records 200 --record-size 10 --throughput -1 --transactional-id performance --transaction-duration-ms 600000`,
        view: timeless,
      },
      transactions('list', { view: sorted }),
      transactions('describe --transactional-id performance', { view: ageless }),
      transactions('describe --transactional-id nobody'),
      transactions('describe-producers --topic x1 --partition 0'),
      transactions('find-hanging --broker-id 1'),
      transactions('find-hanging --topic x1'),
      transactions('abort --topic x1 --partition 0 --start-offset 0'),
      transactions('force-terminate --transactional-id performance'),
      consume(`--topic x1 --from-beginning --isolation-level read_committed ${patiently(200)}`, { view: sorted }),
    ],
  },
  {
    name: 'the broker',
    steps: [apiVersions('', { expected: servedApis }), cluster('cluster-id'), cluster('list-endpoints')],
  },
  {
    name: 'verifiable and performance clients',
    steps: [
      topics('--create --topic v1'),
      verifiableProduce('--topic v1 --max-messages 50 --acks -1', { view: timeless }),
      verifiableConsume('--topic v1 --group-id verifiable --max-messages 50 --reset-policy earliest'),
      verifiableConsume(
        '--topic v1 --group-id verifiable-modern --max-messages 50 --reset-policy earliest --group-protocol consumer',
      ),
      producerPerformance('--topic v1 --num-records 2000 --record-size 100 --throughput -1', { view: timeless }),
      consumerPerformance('--topic v1 --num-records 2000', { view: timeless }),
      consumerPerformance('--topic v1 --num-records 2000 --command-property group.protocol=consumer', {
        view: timeless,
      }),
      groups('--describe --group verifiable', { view: sorted }),
    ],
  },
]
