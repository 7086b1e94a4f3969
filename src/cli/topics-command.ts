import { ErrorCode, errorName } from '../../protocol/errors'
import { CreateTopics } from '../../protocol/messages/19-create-topics'
import { DeleteTopics } from '../../protocol/messages/20-delete-topics'
import { DescribeConfigs } from '../../protocol/messages/32-describe-configs'
import type { ClusterClient } from './cluster-client'
import { CommandFailure } from './command-failure'

const TIMEOUT_MS = 30_000
const TOPIC = 2
const DYNAMIC_TOPIC_CONFIG = 1
/** The last version that names topics to delete in a plain list. */
const DELETE_BY_NAME_VERSION = 5

export interface NewTopicArguments {
  readonly partitions: number
  readonly replicationFactor: number
  readonly settings: Readonly<Record<string, string>>
}

export async function* listTopics(client: ClusterClient): AsyncGenerator<string> {
  const { topics } = await client.metadata(null)
  for (const name of topics.map(topic => topic.name ?? '').sort()) yield name
}

export async function* createTopic(
  client: ClusterClient,
  name: string,
  wanted: NewTopicArguments,
): AsyncGenerator<string> {
  const configs = Object.entries(wanted.settings).map(([key, value]) => ({ name: key, value }))
  const { partitions: numPartitions, replicationFactor } = wanted
  const { topics } = await client.request(CreateTopics, {
    topics: [{ name, numPartitions, replicationFactor, configs }],
    timeoutMs: TIMEOUT_MS,
  })
  for (const topic of topics) {
    ensureSuccess(name, topic.errorCode, topic.errorMessage)
    yield `created ${name} with ${topic.numPartitions} partition${topic.numPartitions === 1 ? '' : 's'}`
  }
}

export async function* deleteTopics(client: ClusterClient, names: readonly string[]): AsyncGenerator<string> {
  const request = { topicNames: names, timeoutMs: TIMEOUT_MS }
  const { responses } = await client.request(DeleteTopics, request, DELETE_BY_NAME_VERSION)
  for (const { name, errorCode, errorMessage } of responses) {
    ensureSuccess(name ?? '', errorCode, errorMessage)
    yield `deleted ${name}`
  }
}

export async function* describeTopic(client: ClusterClient, name: string): AsyncGenerator<string> {
  const { topics } = await client.metadata([name])
  const topic = topics[0]!
  ensureSuccess(name, topic.errorCode, null)
  yield `${name}  id ${topic.topicId}  partitions ${topic.partitions.length}${topic.isInternal ? '  internal' : ''}`
  for (const partition of [...topic.partitions].sort((a, b) => a.partitionIndex - b.partitionIndex)) {
    const { partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes } = partition
    yield `  partition ${partitionIndex}  leader ${leaderId}  epoch ${leaderEpoch}  replicas ${replicaNodes}  in sync ${isrNodes}`
  }
  const { results } = await client.request(DescribeConfigs, {
    resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }],
  })
  for (const config of results[0]?.configs ?? []) {
    if (config.configSource === DYNAMIC_TOPIC_CONFIG) yield `  ${config.name}=${config.value}`
  }
}

const ensureSuccess = (name: string, errorCode: number, message: string | null): void => {
  if (errorCode === ErrorCode.NONE) return
  throw new CommandFailure(`topic ${name}: ${errorName(errorCode)}${message ? `: ${message}` : ''}`)
}
