import { ErrorCode, errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import type { InputOf } from '../../protocol/schema/message'
import { CoordinatorType, findCoordinators, isPassing, pause } from './coordinator'
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
const RETRY_MS = 20

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
      await committed(connection, { groupId, topics: [{ name, partitions: entries }] })
      count++
    }
    connection.close()
  }
  await Promise.all(groups.map(commit))
  return { count, seconds: (performance.now() - startedAt) / 1000 }
}

/** Asks again while the coordinator is about to be there. */
const committed = async (connection: LoadConnection, request: InputOf<typeof OffsetCommit.request>): Promise<void> => {
  for (;;) {
    const answer = await connection.request(OffsetCommit, COMMIT_VERSION, request)
    const { errorCode } = answer.topics[0]!.partitions[0]!
    if (errorCode === ErrorCode.NONE) return
    if (!isPassing(errorCode)) throw new Error(`OffsetCommit: ${errorName(errorCode)}`)
    await pause(RETRY_MS)
  }
}
