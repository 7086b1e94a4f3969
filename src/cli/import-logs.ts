import { type Disk, DiskError } from '../io/disk'
import type { Random } from '../io/random'
import { DamagedFile } from '../log/damaged-file'
import { claimDirectory, DirectoryRefused } from '../log/directory-claim'
import { readMetaProperties } from '../log/meta-properties'
import { MetadataKeys } from '../metadata/metadata-keys'
import type { MetadataStore } from '../metadata/metadata-store'
import { type ImportedTopic, TopicImport } from '../metadata/topic-import'
import { CommandFailure } from './command-failure'
import { heightsOf } from './import-log-scan'
import { type ImportPlan, planImport } from './import-plan'
import { type ImportSource, readImportSource } from './import-source'
import { ImportTarget } from './import-target'

/** Told how far the copying is. */
export interface ImportProgress {
  start(totalBytes: number): void
  advance(bytes: number): void
  stop(): void
}

export interface ImportOptions {
  readonly disk: Disk
  readonly random: Random
  /** Log directories of one Kafka. */
  readonly sources: readonly string[]
  /** Log directory of ours; made when absent. */
  readonly target: string
  /** Of the broker that is going to use `target`, unless that says it itself. */
  readonly nodeId: number
  /** Opens the metadata of that broker. */
  readonly openStore: (directory: string) => Promise<MetadataStore>
  readonly progress: ImportProgress
}

const CLUSTER_ID_BYTES = 16

/**
 * Brings the topics of a Kafka that is stopped into a log directory of ours that no broker uses, and says in lines what it does. Topics
 * keep their ids, settings and offsets, and all that their logs know of producers and transactions.
 *
 * The files come first, the metadata last: an import that was cut short leaves nothing that a broker would take for a topic, and can be done
 * again. Throws `CommandFailure` and `MetadataStoreError`.
 */
export async function* importLogs(options: ImportOptions): AsyncGenerator<string> {
  const { disk, random, target } = options
  try {
    const sources: ImportSource[] = []
    for (const path of options.sources) sources.push(await readImportSource(disk, path))
    const plan = planImport(sources)
    yield* plan.notes
    const own = readMetaProperties(disk, target)
    if (own?.directoryId && sources.some(({ directoryId }) => directoryId === own.directoryId)) {
      throw new CommandFailure(`${target} cannot be imported into itself`, 2)
    }
    const clusterId = own?.clusterId ?? plan.clusterId ?? random.bytes(CLUSTER_ID_BYTES).toString('base64url')
    const owner = { clusterId, nodeId: own?.nodeId ?? options.nodeId }
    const { lock } = claimDirectory(disk, random, target, owner)
    try {
      yield* bringIn(plan, owner, options)
    } finally {
      lock.release()
    }
  } catch (error) {
    const isExpected = [DirectoryRefused, DamagedFile, DiskError].some(kind => error instanceof kind)
    throw isExpected ? new CommandFailure((error as Error).message) : error
  }
}

async function* bringIn(
  plan: ImportPlan,
  { clusterId, nodeId }: { readonly clusterId: string; readonly nodeId: number },
  { disk, random, target, openStore, progress }: ImportOptions,
): AsyncGenerator<string> {
  const store = await openStore(target)
  try {
    const metadata = new TopicImport(store, new MetadataKeys(clusterId))
    refuse(await metadata.conflicts(plan.topics))
    const logs = plan.topics.flatMap(topic => topic.logs)
    const { topics, nextProducerId } = await scanned(plan, disk)
    const directory = new ImportTarget(disk, random, target)
    progress.start(plan.sizeInBytes)
    try {
      await directory.stage(logs, bytes => progress.advance(bytes))
    } finally {
      progress.stop()
    }
    yield* directory.place(logs)
    await metadata.reserveProducerIds(nextProducerId)
    refuse((await metadata.create(topics, nodeId)).map(name => `topic ${name} was made by someone else meanwhile`))
    for (const { name, leaderEpochs } of topics) yield `imported ${name}: ${counted(leaderEpochs.length, 'partition')}`
    yield `${counted(topics.length, 'topic')}, ${counted(logs.length, 'partition')}, ${plan.sizeInBytes} bytes`
    yield `settings of its brokers (log.retention.hours ...) do not come along: start --config FILE --data ${target}`
  } finally {
    await store.close()
  }
}

/** What the metadata have to know of the logs. */
const scanned = async (
  plan: ImportPlan,
  disk: Disk,
): Promise<{ topics: readonly ImportedTopic[]; nextProducerId: number }> => {
  let { nextProducerId } = plan
  const topics: ImportedTopic[] = []
  for (const { logs, ...topic } of plan.topics) {
    const leaderEpochs: number[] = []
    for (const log of logs) {
      const { leaderEpoch, producerId } = await heightsOf(disk, log)
      leaderEpochs.push(leaderEpoch)
      nextProducerId = Math.max(nextProducerId, producerId + 1)
    }
    topics.push({ ...topic, leaderEpochs })
  }
  return { topics, nextProducerId }
}

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new CommandFailure(`nothing was imported:\n  ${problems.join('\n  ')}`)
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
