import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { CoordinatorType, ensureSuccess, findCoordinators, retried } from './coordinator'
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
  const { offsetsMax = Number.POSITIVE_INFINITY } = load
  const groups = Array.from({ length: load.connections }, (_, at) => `${load.group}-${at}`)
  await findCoordinators(load, CoordinatorType.group, groups)
  const committers = await Promise.all(groups.map(group => Committer.open(load, group)))
  const startedAt = performance.now()
  const until = startedAt + load.seconds * 1000
  let count = 0
  const drive = async (committer: Committer) => {
    for (; performance.now() < until && count * load.partitions < offsetsMax; count++) await committer.commit()
    committer.close()
  }
  await Promise.all(committers.map(drive))
  return { count, seconds: (performance.now() - startedAt) / 1000 }
}

class Committer {
  readonly #connection: LoadConnection
  readonly #load: CommitLoad
  readonly #groupId: string
  #offset = 0

  private constructor(connection: LoadConnection, load: CommitLoad, groupId: string) {
    this.#connection = connection
    this.#load = load
    this.#groupId = groupId
  }

  /** Has committed once, so that its coordinator is known to work. */
  static async open(load: CommitLoad, groupId: string): Promise<Committer> {
    const committer = new Committer(await LoadConnection.open(load.host, load.port), load, groupId)
    await committer.commit()
    return committer
  }

  async commit(): Promise<void> {
    this.#offset++
    const { errorCode } = await retried(async () => {
      const answer = await this.#connection.request(OffsetCommit, COMMIT_VERSION, this.#request())
      return answer.topics[0]!.partitions[0]!
    })
    ensureSuccess('OffsetCommit', errorCode)
  }

  close(): void {
    this.#connection.close()
  }

  #request() {
    const { topic: name, partitions } = this.#load
    const entries = Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      committedOffset: this.#offset,
      committedMetadata: '',
    }))
    return { groupId: this.#groupId, topics: [{ name, partitions: entries }] }
  }
}
