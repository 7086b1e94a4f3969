import { ErrorCode, errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { CoordinatorType, findCoordinators } from './coordinator'
import { LoadConnection } from './load-connection'

export interface CommitLoad {
  readonly host: string
  readonly port: number
  /** Each connection commits for a group of its own, whose name begins with this. */
  readonly group: string
  readonly topic: string
  readonly connections: number
  /** Partitions in one commit. */
  readonly partitions: number
  readonly seconds: number
  /** Stops earlier when so many offsets are committed. */
  readonly offsetsMax?: number
}

export interface RateResult {
  readonly count: number
  readonly seconds: number
}

const COMMIT_VERSION = 8

/** Commits of consumers that wait for each answer, as fast as they come. Counts requests. */
export const runCommitLoad = async (load: CommitLoad): Promise<RateResult> => {
  const { connections, partitions, topic: name, offsetsMax = Number.POSITIVE_INFINITY } = load
  const groups = Array.from({ length: connections }, (_, at) => `${load.group}-${at}`)
  await findCoordinators(load, CoordinatorType.group, groups)
  const startedAt = performance.now()
  const until = startedAt + load.seconds * 1000
  let count = 0
  const commit = async (groupId: string) => {
    const connection = await LoadConnection.open(load.host, load.port)
    for (let offset = 1; performance.now() < until && count * partitions < offsetsMax; offset++) {
      const entries = Array.from({ length: partitions }, (_, partitionIndex) => ({
        partitionIndex,
        committedOffset: offset,
        committedMetadata: '',
      }))
      const topics = [{ name, partitions: entries }]
      const answer = await connection.request(OffsetCommit, COMMIT_VERSION, { groupId, topics })
      for (const { errorCode } of answer.topics.flatMap(topic => topic.partitions)) {
        if (errorCode !== ErrorCode.NONE) throw new Error(`OffsetCommit: ${errorName(errorCode)}`)
      }
      count++
    }
    connection.close()
  }
  await Promise.all(groups.map(commit))
  return { count, seconds: (performance.now() - startedAt) / 1000 }
}
