import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import type { MetadataCache } from './metadata-cache'
import type { MetadataDelta, MetadataImage, PartitionImage, TopicImage } from './metadata-image'
import type { MetadataKeys } from './metadata-keys'
import { isCreatedAt, isUnchangedSince, MAX_TRANSACTION_OPERATIONS, type MetadataStore } from './metadata-store'
import { encodePartition } from './metadata-values'
import { type PartitionState, type ReplicaEpoch, withHosts, withMinInsyncReplicas } from './partition-state'
import type { TopicConfigRules } from './topic-plan'
import { TopicWriter } from './topic-writer'

export interface ControllerOptions {
  readonly store: MetadataStore
  readonly cache: MetadataCache
  readonly keys: MetadataKeys
  readonly timers: Timers
  readonly logger: Logger
  readonly rules: Pick<TopicConfigRules, 'minInsyncReplicas'>
  /** This broker under its current registration. */
  readonly self: ReplicaEpoch
}

interface PartitionChange {
  readonly topic: TopicImage
  readonly partition: PartitionImage
  readonly next: PartitionState
}

const RETRY_DELAY_MS = 200
/** One compare of each transaction is for the controller's own key. */
const CHANGES_PER_TRANSACTION = MAX_TRANSACTION_OPERATIONS - 1

/**
 * What the broker that is the controller does: it brings the states of partitions in line with the brokers that live and with
 * `min.insync.replicas`, and removes what is left of topics that were never finished. Other brokers have one too, which does nothing.
 *
 * Every write compares the mod revision of the partition and the create revision of the controller's key, so a controller that was replaced
 * cannot change anything. A write that failed is worked out again from a newer image.
 */
export class Controller {
  readonly #options: ControllerOptions
  readonly #writer: TopicWriter
  readonly #stopFollowing: () => void
  /** Topic ids to look at; null: all topics. */
  #pending: Set<string> | null = new Set()
  #isWorking = false
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#writer = new TopicWriter(options.store, options.keys)
    this.#stopFollowing = options.cache.onChange((_image, delta) => this.#follow(delta))
    this.#pending = null
    this.#start()
  }

  /** Resolves when nothing is left to do for this broker as the controller, at once when it is not the controller. */
  async settled(): Promise<void> {
    while (this.#isWorking) await this.#work
  }

  close(): void {
    this.#closed = true
    this.#stopFollowing()
  }

  #follow(delta: MetadataDelta): void {
    const concernsAll =
      delta.controllerChanged || delta.brokers.length > 0 || delta.configs.some(({ type }) => type === 'broker')
    if (concernsAll) this.#pending = null
    for (const { after } of delta.topics) if (after !== null) this.#pending?.add(after.id)
    this.#start()
  }

  #start(): void {
    if (this.#isWorking || this.#closed || this.#pending?.size === 0) return
    this.#isWorking = true
    this.#work = this.#workOff()
  }

  async #workOff(): Promise<void> {
    try {
      while (this.#pending?.size !== 0 && !this.#closed) {
        const pending = this.#pending
        this.#pending = new Set()
        const image = this.#options.cache.current
        if (!this.#isController(image)) continue
        if (pending === null) await this.#collectOrphans(image)
        await this.#settle(pending, image)
      }
    } catch (error) {
      this.#pending = null
      if (this.#closed) return
      this.#options.logger.warn('The controller could not change the metadata and tries again', { error })
      this.#options.timers.after(RETRY_DELAY_MS, () => this.#start())
    } finally {
      // In the same step as the look at what is pending, so that no change falls between both.
      this.#isWorking = false
    }
  }

  #isController({ controller }: MetadataImage): boolean {
    const { id, epoch } = this.#options.self
    return controller !== null && controller.id === id && controller.brokerEpoch === epoch
  }

  async #collectOrphans(image: MetadataImage): Promise<void> {
    for (const topicId of image.unnamedTopicIds()) {
      const isAtWork = ({ id, epoch }: ReplicaEpoch) => image.brokers.get(id)?.epoch === epoch
      const wasRemoved = await this.#writer.collect(topicId, isAtWork)
      if (wasRemoved) this.#options.logger.info('Removed what was left of an unfinished topic', { topicId })
    }
  }

  async #settle(pending: ReadonlySet<string> | null, image: MetadataImage): Promise<void> {
    const topics = pending === null ? image.topics() : [...pending].map(topicId => image.topicById(topicId))
    const changes = [...topics].flatMap(topic => (topic === undefined ? [] : this.#changesOf(topic, image)))
    const writes: Promise<void>[] = []
    for (let from = 0; from < changes.length; from += CHANGES_PER_TRANSACTION) {
      writes.push(this.#write(changes.slice(from, from + CHANGES_PER_TRANSACTION), image))
    }
    await Promise.all(writes)
  }

  #changesOf(topic: TopicImage, image: MetadataImage): PartitionChange[] {
    const minInsyncReplicas = this.#options.rules.minInsyncReplicas(topic.configs)
    return topic.partitions.flatMap(partition => {
      const next = withHosts(withMinInsyncReplicas(partition, minInsyncReplicas), image.brokers)
      return next === partition ? [] : [{ topic, partition, next }]
    })
  }

  async #write(changes: readonly PartitionChange[], image: MetadataImage): Promise<void> {
    const { store, cache, keys } = this.#options
    const keyOf = ({ topic, partition }: PartitionChange) => keys.partition(topic.id, partition.partition)
    const { succeeded, revision } = await store.transaction({
      compares: [
        isCreatedAt(keys.controller, image.controller!.epoch),
        ...changes.map(change => isUnchangedSince(keyOf(change), change.partition.modRevision)),
      ],
      success: changes.map(change => ({ type: 'put', key: keyOf(change), value: encodePartition(change.next) })),
    })
    await cache.reached(revision)
    if (!succeeded) for (const { topic } of changes) this.#pending?.add(topic.id)
  }
}
