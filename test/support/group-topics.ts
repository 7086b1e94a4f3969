import { TopicMetadata } from '../../src/coordinator/group/consumer/topic-metadata'
import { ClusterImage } from '../../src/metadata/cluster-image'
import type { MetadataListener } from '../../src/metadata/metadata-cache'
import type { BrokerImage, MetadataImage, TopicImage } from '../../src/metadata/metadata-image'
import { partitionState } from './hosted-partitions'

/** Topics that come, grow and go at once, as groups see them. Their ids are made of their names and do not change by chance. */
export class GroupTopics {
  readonly metadata: TopicMetadata
  /** Racks of brokers that have one. */
  readonly racks = new Map<number, string>()
  readonly #topics = new Map<string, TopicImage>()
  readonly #listeners = new Set<MetadataListener>()
  #revision = 1
  #created = 0

  constructor() {
    const image = () => this.image
    this.metadata = new TopicMetadata({
      get current() {
        return image()
      },
      onChange: listener => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
    })
  }

  get image(): MetadataImage {
    const topics = new Map(this.#topics)
    const revision = this.#revision
    const byId = new Map(Array.from(topics.values(), topic => [topic.id, topic]))
    return Object.assign(ClusterImage.empty('cluster'), {
      topic: (name: string) => topics.get(name),
      topicById: (id: string) => byId.get(id),
      topics: () => topics.values(),
      content: { ...ClusterImage.empty('cluster').content, revision, brokers: this.#brokers },
    })
  }

  /** The id of a topic that exists. */
  id(name: string): string {
    return this.#topics.get(name)!.id
  }

  /** Creates a topic, or lets it grow. */
  put(name: string, partitions: number, replicas: readonly number[] = [1]): void {
    const before = this.#topics.get(name) ?? null
    const id = before?.id ?? Buffer.from(`${++this.#created} ${name}`.padEnd(16).slice(0, 16)).toString('base64url')
    const after: TopicImage = {
      name,
      id,
      configs: {},
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        ...partitionState({ replicas: [...replicas] }),
        partition,
        modRevision: 1,
      })),
    }
    this.#topics.set(name, after)
    this.#changed(before, after)
  }

  delete(name: string): void {
    const before = this.#topics.get(name)!
    this.#topics.delete(name)
    this.#changed(before, null)
  }

  get #brokers(): Map<number, BrokerImage> {
    const alive = { epoch: 1, incarnation: 'run', endpoints: [], state: 'running', safeSince: 1 } as const
    return new Map(Array.from(this.racks, ([id, rack]) => [id, { ...alive, id, rack }]))
  }

  #changed(before: TopicImage | null, after: TopicImage | null): void {
    const previous = this.image
    this.#revision++
    const delta = { previous, topics: [{ before, after }], brokers: [], configs: [], controllerChanged: false }
    for (const listener of this.#listeners) listener(this.image, delta)
  }
}
