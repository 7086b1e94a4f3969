/**
 * The shards of a coordinator on this broker: one for each partition of its topic that this broker leads. Follows the metadata image.
 */
import { ErrorCode } from '../../protocol/errors'
import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { Partitions } from '../replication/partitions'
import { CoordinatorFigures } from './coordinator-figures'
import { CoordinatorFailure, type CoordinatorShard, type ShardTimers, type Transition } from './coordinator-shard'
import { javaHash } from './java-hash'
import { ShardHost, type ShardLogOptions } from './shard-host'

export interface CoordinatorRuntimeOptions<Shard extends CoordinatorShard> extends ShardLogOptions {
  /** `__consumer_offsets` or `__transaction_state`. */
  readonly topic: string
  readonly makeShard: (partition: number, timers: ShardTimers<Shard>) => Shard
  readonly cache: MetadataCache
  readonly partitions: Partitions
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

export class CoordinatorRuntime<Shard extends CoordinatorShard> {
  readonly figures = new CoordinatorFigures()
  readonly #options: CoordinatorRuntimeOptions<Shard>
  readonly #hosts = new Map<number, { readonly host: ShardHost<Shard>; readonly leaderEpoch: number }>()
  #stopFollowing: () => void = () => {}

  constructor(options: CoordinatorRuntimeOptions<Shard>) {
    this.#options = options
  }

  /**
   * Loads the shards that are led here and follows the image from now on. Called once, after `Partitions` is made, whose listener has to
   * come first, and after this broker has joined the cluster: leader epochs rise then, and every shard would be loaded twice.
   */
  start(): void {
    const { cache, topic } = this.#options
    this.#stopFollowing = cache.onChange((_image, { topics }) => {
      if (topics.some(({ before, after }) => (after ?? before)?.name === topic)) this.#follow()
    })
    this.#follow()
  }

  /** The partition of a group or transactional id; -1 while the topic does not exist. */
  partitionOf(id: string): number {
    const count = this.#options.cache.current.topic(this.#options.topic)?.partitions.length ?? 0
    return count === 0 ? -1 : (javaHash(id) & 0x7fff_ffff) % count
  }

  /** Runs a transition on the shard of `id`. Returns and throws as `ShardHost.run` does. */
  run<Response>(
    id: string,
    operation: (shard: Shard, now: number) => Transition<Response>,
  ): Response | Promise<Response> {
    return this.#hostOf(this.partitionOf(id)).run(operation)
  }

  /** Runs a transition on the shard of a partition. Rejects with CoordinatorFailure. */
  async runOn<Response>(
    partition: number,
    operation: (shard: Shard, now: number) => Transition<Response>,
  ): Promise<Response> {
    return this.#hostOf(partition).run(operation)
  }

  /** Asks a question; the answer comes when all that it tells is replicated. Returns and throws as `ShardHost.run` does. */
  ask<Response>(id: string, question: (shard: Shard, now: number) => Response): Response | Promise<Response> {
    return this.#hostOf(this.partitionOf(id)).ask(question)
  }

  /** Asks every shard of this broker, but those that could not be loaded. COORDINATOR_LOAD_IN_PROGRESS while one of them is loading. */
  async askAll<Response>(question: (shard: Shard, now: number) => Response): Promise<Response[]> {
    const asked = Array.from(this.#hosts.values(), ({ host }) => answersOf(host, question))
    return (await Promise.all(asked)).flat()
  }

  /** Runs a transition on every shard of this broker, when it is loaded. Where that fails, nothing happens. */
  async runAll(operation: (shard: Shard, now: number) => Transition<void>): Promise<void> {
    const runWhenLoaded = async ({ host }: { readonly host: ShardHost<Shard> }) => {
      await host.loaded
      await host.run(operation)
    }
    const outcomes = await Promise.allSettled(Array.from(this.#hosts.values(), runWhenLoaded))
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected' && !(outcome.reason instanceof CoordinatorFailure)) throw outcome.reason
    }
  }

  /** Resolves when the shard of `id` is loaded; at once when it is not here. */
  async loaded(id: string): Promise<void> {
    await this.#hosts.get(this.partitionOf(id))?.host.loaded
  }

  /** The host of a partition, where markers are announced; undefined when this broker does not lead it. */
  host(partition: number): ShardHost<Shard> | undefined {
    return this.#hosts.get(partition)?.host
  }

  /** Those of this broker that are loaded. */
  *shards(): IterableIterator<Shard> {
    for (const { host } of this.#hosts.values()) if (host.shard) yield host.shard
  }

  /** Partitions that this broker coordinates, loaded or not. */
  get hostCount(): number {
    return this.#hosts.size
  }

  close(): void {
    this.#stopFollowing()
    for (const { host } of this.#hosts.values()) host.close(ErrorCode.NOT_COORDINATOR)
    this.#hosts.clear()
  }

  #hostOf(partition: number): ShardHost<Shard> {
    const hosted = this.#hosts.get(partition)
    if (!hosted) throw new CoordinatorFailure(ErrorCode.NOT_COORDINATOR)
    return hosted.host
  }

  /** Opens shards of partitions that are led here now, and closes those that are not, or that are led under another epoch. */
  #follow(): void {
    const { cache, topic, partitions } = this.#options
    const count = cache.current.topic(topic)?.partitions.length ?? 0
    for (const [index, { host, leaderEpoch }] of this.#hosts) {
      const partition = partitions.find(topic, index)
      const isKept = partition === host.partition && partition.isLeader && partition.leaderEpoch === leaderEpoch
      if (isKept) continue
      this.#hosts.delete(index)
      host.close(ErrorCode.NOT_COORDINATOR)
    }
    for (let index = 0; index < count; index++) {
      const partition = partitions.find(topic, index)
      if (!partition?.isLeader || this.#hosts.has(index)) continue
      const host = new ShardHost<Shard>({
        ...this.#options,
        partition,
        onLoaded: this.figures.loaded,
        makeShard: timers => this.#options.makeShard(index, timers),
      })
      this.#hosts.set(index, { host, leaderEpoch: partition.leaderEpoch })
    }
  }
}

/** The answer as a list; an empty one of a shard that is not here any more. */
const answersOf = async <Shard extends CoordinatorShard, Response>(
  host: ShardHost<Shard>,
  question: (shard: Shard, now: number) => Response,
): Promise<Response[]> => {
  try {
    return [await host.ask(question)]
  } catch (error) {
    if (error instanceof CoordinatorFailure && error.errorCode === ErrorCode.NOT_COORDINATOR) return []
    throw error
  }
}
