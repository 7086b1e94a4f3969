import { ErrorCode } from '../../protocol/errors'
import type { MetadataImage } from '../metadata/metadata-image'

interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Tells a client that came to the wrong broker who leads now (KIP-951), and gathers how those leaders are reached. */
export class LeaderHints {
  readonly endpoints: NodeEndpoint[] = []
  readonly #image: MetadataImage
  readonly #listenerName: string

  constructor(image: MetadataImage, listenerName: string) {
    this.#image = image
    this.#listenerName = listenerName
  }

  /** The leader to name beside `errorCode`; null when the error has nothing to do with leadership, or nobody leads. */
  leaderFor(
    errorCode: number,
    topic: { readonly name: string; readonly topicId: string },
    partition: number,
  ): { leaderId: number; leaderEpoch: number } | null {
    if (errorCode !== ErrorCode.NOT_LEADER_OR_FOLLOWER && errorCode !== ErrorCode.FENCED_LEADER_EPOCH) return null
    const state = (this.#image.topic(topic.name) ?? this.#image.topicById(topic.topicId))?.partitions[partition]
    if (!state) return null
    this.#addEndpoint(state.leader)
    return { leaderId: state.leader, leaderEpoch: state.leaderEpoch }
  }

  #addEndpoint(brokerId: number): void {
    const broker = this.#image.brokers.get(brokerId)
    const endpoint = broker?.endpoints.find(({ listenerName }) => listenerName === this.#listenerName)
    if (!broker || !endpoint || this.endpoints.some(({ nodeId }) => nodeId === brokerId)) return
    this.endpoints.push({ nodeId: brokerId, host: endpoint.host, port: endpoint.port, rack: broker.rack })
  }
}
