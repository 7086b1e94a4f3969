import { validateTopicConfig } from '../config/topic-config'
import { isInternalTopic } from '../metadata/topic-name'
import { CommandFailure } from './command-failure'
import type { ImportSource, SourceLog } from './import-source'
import type { KafkaTopic } from './kafka-cluster-metadata'

export interface PlannedTopic {
  readonly name: string
  readonly topicId: string
  readonly configs: Readonly<Record<string, string>>
  /** By partition. */
  readonly logs: readonly SourceLog[]
}

/** What is going to be brought in. */
export interface ImportPlan {
  readonly topics: readonly PlannedTopic[]
  /** Of the Kafka; null when none of its directories says it. */
  readonly clusterId: string | null
  /** The first producer id that the Kafka has not given out, as far as its metadata say it. */
  readonly nextProducerId: number
  readonly sizeInBytes: number
  /** Sentences about what is left out. */
  readonly notes: readonly string[]
}

/** Puts the logs of one Kafka's directories together to topics. Throws `CommandFailure` with all that does not fit together. */
export const planImport = (sources: readonly ImportSource[]): ImportPlan => {
  const notes = sources.flatMap(source => source.notes)
  const clusterIds = new Set(sources.flatMap(({ clusterId }) => clusterId ?? []))
  if (clusterIds.size > 1) throw new CommandFailure(`the directories are of different clusters: ${[...clusterIds]}`, 2)
  const reading = latestMetadata(sources)
  if (reading === null) notes.push('there is no whole __cluster_metadata: settings of topics are not known')
  const known = reading?.metadata.topics() ?? new Map<string, KafkaTopic>()
  // A topic that damaged metadata do not know may be there all the same.
  const isCurrent = (log: SourceLog) =>
    reading === null || reading.problem !== null || (known.has(log.topic) && idFits(log, known.get(log.topic)!))
  const logs = sources.flatMap(source => source.logs)
  for (const log of logs) {
    if (!isCurrent(log)) notes.push(`skipped ${log.folder}: the cluster has no such topic with this topic id`)
  }
  const problems: string[] = []
  const byTopic = groupByTopic(logs.filter(isCurrent))
  const topics = [...byTopic].map(([name, ofTopic]) =>
    planTopic(name, ofTopic, known.get(name) ?? null, problems, notes),
  )
  for (const name of [...known.keys()].sort()) {
    if (!byTopic.has(name)) notes.push(`topic ${name} has no partition here`)
  }
  if (problems.length > 0) throw new CommandFailure(`nothing was imported:\n  ${problems.join('\n  ')}`)
  return {
    topics,
    clusterId: [...clusterIds][0] ?? null,
    nextProducerId: reading?.metadata.nextProducerId ?? 0,
    sizeInBytes: topics.flatMap(topic => topic.logs).reduce((sum, log) => sum + log.sizeInBytes, 0),
    notes,
  }
}

/** Every broker has the metadata of the whole cluster; one may be behind. */
const latestMetadata = (sources: readonly ImportSource[]) =>
  sources
    .flatMap(({ metadata }) => metadata ?? [])
    .toSorted((a, b) => a.endOffset - b.endOffset)
    .at(-1) ?? null

const idFits = (log: SourceLog, topic: KafkaTopic): boolean => log.topicId === null || log.topicId === topic.topicId

const groupByTopic = (logs: readonly SourceLog[]): Map<string, SourceLog[]> => {
  const groups = new Map<string, SourceLog[]>()
  for (const log of logs.toSorted((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0))) {
    const group = groups.get(log.topic)
    if (group) group.push(log)
    else groups.set(log.topic, [log])
  }
  return groups
}

const planTopic = (
  name: string,
  logs: readonly SourceLog[],
  known: KafkaTopic | null,
  problems: string[],
  notes: string[],
): PlannedTopic => {
  const byPartition: SourceLog[] = []
  for (const log of logs) {
    const other = byPartition[log.partition]
    if (other) problems.push(`partition ${log.partition} of ${name} is there twice: ${other.folder}, ${log.folder}`)
    byPartition[log.partition] = log
  }
  const count = Math.max(byPartition.length, known?.partitionCount ?? 0)
  const missing = Array.from({ length: count }, (_, partition) => partition).filter(
    partition => !byPartition[partition],
  )
  if (missing.length > 0) {
    problems.push(`${name} lacks partitions: ${missing.join(', ')} of ${count}; give all directories that hold some`)
  }
  for (const { folder, isLegacy } of logs) {
    if (isLegacy) problems.push(`${folder} has messages of a format from before Kafka 0.11, which are not supported`)
  }
  const topicIds = new Set(logs.map(({ topicId }) => topicId ?? known?.topicId ?? null))
  const [topicId = null] = topicIds
  if (topicId === null) problems.push(`${logs[0]!.folder} has no partition.metadata that tells the topic id`)
  else if (topicIds.size > 1) problems.push(`the partitions of ${name} have different topic ids: ${[...topicIds]}`)
  const configs = known ? acceptedSettings(name, known, notes) : assumedSettings(name, logs, notes)
  return { name, topicId: topicId ?? '', configs, logs: byPartition }
}

/** Without its settings a compacted topic would lose all records that are old enough, the newest of their keys too. */
const assumedSettings = (topic: string, logs: readonly SourceLog[], notes: string[]): Record<string, string> => {
  if (!isInternalTopic(topic) && !logs.some(({ isCompacted }) => isCompacted)) return {}
  notes.push(`topic ${topic} goes on being compacted (cleanup.policy=compact)`)
  return { 'cleanup.policy': 'compact' }
}

/** What Kafka knows and this broker does not is left out. */
const acceptedSettings = (topic: string, known: KafkaTopic, notes: string[]): Record<string, string> => {
  const accepted: Record<string, string> = {}
  for (const [name, value] of Object.entries(known.settings)) {
    const problem = validateTopicConfig(name, value)
    if (problem === null) accepted[name] = value
    else notes.push(`topic ${topic} comes without ${name}=${value}: ${problem}`)
  }
  return accepted
}
