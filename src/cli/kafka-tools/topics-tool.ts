import { ErrorCode } from '../../../protocol/errors'
import type { MetadataResponse } from '../../../protocol/messages/03-metadata'
import { CreateTopics } from '../../../protocol/messages/19-create-topics'
import { DeleteTopics } from '../../../protocol/messages/20-delete-topics'
import { DescribeConfigs } from '../../../protocol/messages/32-describe-configs'
import { CreatePartitions } from '../../../protocol/messages/37-create-partitions'
import type { ClusterClient } from '../cluster-client'
import { CommandFailure } from '../command-failure'
import { ensureNoError } from './cluster-error'
import { BOOTSTRAP_OPTION, type KafkaTool, type ToolContext } from './kafka-tool'
import { type ToolArguments, ToolUsageError } from './tool-options'

type Topic = MetadataResponse['topics'][number]
type Partition = Topic['partitions'][number]

const ACTIONS = ['list', 'describe', 'create', 'alter', 'delete'] as const
const TIMEOUT_MS = 30_000
const TOPIC = 2
const DEFAULT_CONFIG = 5
/** The last version that names topics to delete in a plain list. */
const DELETE_BY_NAME_VERSION = 5

/** kafka-topics.sh (org.apache.kafka.tools.TopicCommand). */
export const topicsTool: KafkaTool = {
  purpose: 'Lists, describes, creates, changes and deletes topics.',
  options: [
    BOOTSTRAP_OPTION,
    { name: 'list', meaning: 'List topics.' },
    { name: 'describe', meaning: 'Print partitions and settings of topics.' },
    { name: 'create', meaning: 'Create a topic.' },
    { name: 'alter', meaning: 'Give topics more partitions.' },
    { name: 'delete', meaning: 'Delete topics.' },
    { name: 'topic', argument: 'topic', meaning: 'The topic; except for --create a regular expression, or several.' },
    { name: 'partitions', argument: 'number', meaning: "Partitions of the topic; by default the broker's number." },
    { name: 'replication-factor', argument: 'number', meaning: "Replicas of each partition; by default the broker's." },
    { name: 'config', argument: 'name=value', meaning: 'With --create: a setting of the topic; may be repeated.' },
    { name: 'if-exists', meaning: 'Do nothing when there is no such topic.' },
    { name: 'if-not-exists', meaning: 'With --create: do nothing when the topic exists.' },
    { name: 'exclude-internal', meaning: 'Leave out topics of the broker itself.' },
    { name: 'topics-with-overrides', meaning: 'With --describe: only topics that have settings of their own.' },
    { name: 'unavailable-partitions', meaning: 'With --describe: only partitions without a leader.' },
    { name: 'under-replicated-partitions', meaning: 'With --describe: only partitions of which a replica is behind.' },
  ],
  check(args) {
    const action = args.action(ACTIONS)
    if (action === 'create' || action === 'alter' || action === 'delete') args.required('topic')
    if (action === 'alter') args.required('partitions')
    if (action !== 'create' && args.has('if-not-exists')) {
      throw new ToolUsageError('Option "[if-not-exists]" can only be used with --create')
    }
    args.integer('partitions')
    args.integer('replication-factor')
  },
  run(args, context) {
    return RUN[args.action(ACTIONS)](args, context)
  },
  failure: message => ({ to: 'stdout', text: `Error while executing topic command : ${message}` }),
}

async function* listTopics(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  // Of no topics an empty line, as Kafka's.
  yield (await topicsOf(client, args)).map(({ name }) => name).join('\n')
}

async function* createTopic(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const name = args.required('topic')
  if (name.includes('.') || name.includes('_')) {
    yield "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both."
  }
  const { topics } = await client.request(CreateTopics, {
    topics: [
      {
        name,
        numPartitions: args.integer('partitions') ?? -1,
        replicationFactor: args.integer('replication-factor') ?? -1,
        configs: Array.from(args.pairs('config'), ([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: TIMEOUT_MS,
  })
  for (const { errorCode, errorMessage } of topics) {
    if (errorCode === ErrorCode.TOPIC_ALREADY_EXISTS && args.has('if-not-exists')) continue
    ensureNoError(errorCode, errorMessage)
    yield `Created topic ${name}.`
  }
}

async function* alterTopics(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const count = args.integer('partitions')!
  const topics = (await existingTopics(client, args)).map(({ name }) => ({ name: name!, count, assignments: null }))
  const { results } = await client.request(CreatePartitions, { topics, timeoutMs: TIMEOUT_MS })
  for (const { errorCode, errorMessage } of results) ensureNoError(errorCode, errorMessage)
}

async function* deleteTopics(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const topicNames = (await existingTopics(client, args)).map(({ name }) => name!)
  const request = { topicNames, timeoutMs: TIMEOUT_MS }
  const { responses } = await client.request(DeleteTopics, request, DELETE_BY_NAME_VERSION)
  for (const { errorCode, errorMessage } of responses) ensureNoError(errorCode, errorMessage)
}

async function* describeTopics(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const topics = await existingTopics(client, args)
  const settings = await settingsOf(client, topics)
  const isPicky = args.has('unavailable-partitions') || args.has('under-replicated-partitions')
  for (const topic of topics) {
    const configs = settings.get(topic.name!) ?? []
    if (args.has('topics-with-overrides') && configs.length === 0) continue
    if (!isPicky) yield topicLine(topic, configs)
    if (args.has('topics-with-overrides')) continue
    for (const partition of sorted(topic.partitions)) {
      if (isShown(args, partition)) yield partitionLine(topic.name!, partition)
    }
  }
}

const RUN = {
  list: listTopics,
  describe: describeTopics,
  create: createTopic,
  alter: alterTopics,
  delete: deleteTopics,
} satisfies Record<(typeof ACTIONS)[number], KafkaTool['run']>

/** The topics that --topic and --exclude-internal leave, by name. */
const topicsOf = async (client: ClusterClient, args: ToolArguments): Promise<Topic[]> => {
  const pattern = args.text('topic')
  const wanted = pattern === null ? null : patternOf(pattern)
  const { topics } = await client.metadata(null)
  return topics
    .filter(({ name, isInternal }) => (wanted?.test(name!) ?? true) && !(isInternal && args.has('exclude-internal')))
    .sort((a, b) => (a.name! < b.name! ? -1 : 1))
}

const patternOf = (text: string): RegExp => {
  try {
    return new RegExp(`^(?:${text.trim().replaceAll(/\s*,\s*/g, '|')})$`)
  } catch {
    throw new CommandFailure(`${text} is an invalid regex.`)
  }
}

const existingTopics = async (client: ClusterClient, args: ToolArguments): Promise<Topic[]> => {
  const topics = await topicsOf(client, args)
  if (topics.length === 0 && args.has('topic') && !args.has('if-exists')) {
    throw new CommandFailure(`Topic '${args.text('topic')}' does not exist as expected`)
  }
  return topics
}

/** Settings that differ from the defaults, `name=value`, by topic. */
const settingsOf = async (client: ClusterClient, topics: readonly Topic[]): Promise<Map<string, string[]>> => {
  const { results } = await client.request(DescribeConfigs, {
    resources: topics.map(({ name }) => ({ resourceType: TOPIC, resourceName: name!, configurationKeys: null })),
  })
  return new Map(
    results.map(({ resourceName, configs }) => [
      resourceName,
      configs.filter(config => config.configSource !== DEFAULT_CONFIG).map(({ name, value }) => `${name}=${value}`),
    ]),
  )
}

const sorted = (partitions: readonly Partition[]): Partition[] =>
  [...partitions].sort((a, b) => a.partitionIndex - b.partitionIndex)

const isShown = (args: ToolArguments, { leaderId, isrNodes, replicaNodes }: Partition): boolean =>
  (!args.has('unavailable-partitions') || leaderId < 0) &&
  (!args.has('under-replicated-partitions') || isrNodes.length < replicaNodes.length)

const topicLine = ({ name, topicId, partitions }: Topic, configs: readonly string[]): string =>
  [
    `Topic: ${name}`,
    `TopicId: ${topicId}`,
    `PartitionCount: ${partitions.length}`,
    `ReplicationFactor: ${partitions[0]?.replicaNodes.length ?? 0}`,
    `Configs: ${configs}`,
  ].join('\t')

const partitionLine = (name: string, { partitionIndex, leaderId, replicaNodes, isrNodes }: Partition): string =>
  [
    '',
    `Topic: ${name}`,
    `Partition: ${partitionIndex}`,
    `Leader: ${leaderId < 0 ? 'none' : leaderId}`,
    `Replicas: ${replicaNodes}`,
    `Isr: ${isrNodes}`,
    'Elr: ',
    'LastKnownElr: ',
  ].join('\t')
