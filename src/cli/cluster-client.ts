import { ErrorCode, errorName } from '../../protocol/errors'
import { Metadata, type MetadataResponse } from '../../protocol/messages/03-metadata'
import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import type { Transport } from '../io/transport'
import { type PeerAddress, PeerConnection } from '../peer/peer-connection'
import { CommandFailure } from './command-failure'

const CLIENT_ID = 'odradek-cli'

export interface TopicPartitions {
  readonly name: string
  readonly topicId: string
  /** Leaders by partition. */
  readonly leaders: readonly number[]
}

/** Parses `host:port`, `[::1]:port` and lists of them; of a list the first that answers is used. */
export const parseBootstrap = (text: string): PeerAddress[] =>
  text.split(',').map(part => {
    const match = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(part.trim())
    if (!match) throw new CommandFailure(`${part.trim()} is not of the form host:port`, 2)
    return { host: match[1] ?? match[2]!, port: Number(match[3]) }
  })

/** What the commands need of a Kafka client: any broker for questions, the leader for records. */
export class ClusterClient {
  readonly #transport: Transport
  readonly #any: PeerConnection
  readonly #addresses = new Map<number, PeerAddress>()
  readonly #connections = new Map<number, Promise<PeerConnection>>()

  private constructor(transport: Transport, any: PeerConnection) {
    this.#transport = transport
    this.#any = any
  }

  static async connect(transport: Transport, bootstrap: string): Promise<ClusterClient> {
    const failures: string[] = []
    for (const address of parseBootstrap(bootstrap)) {
      try {
        return new ClusterClient(transport, await PeerConnection.open(transport, address, CLIENT_ID))
      } catch (error) {
        failures.push(`${address.host}:${address.port}: ${(error as Error).message}`)
      }
    }
    throw new CommandFailure(`no broker can be reached: ${failures.join('; ')}`)
  }

  /** Asks any broker. */
  request<A extends Api>(api: A, body: InputOf<A['request']>, atMost?: number): Promise<MessageOf<A['response']>> {
    return this.#any.request(api, body, atMost)
  }

  /** Asks a certain broker. */
  async requestOf<A extends Api>(
    brokerId: number,
    api: A,
    body: InputOf<A['request']>,
    atMost?: number,
  ): Promise<MessageOf<A['response']>> {
    let connection = this.#connections.get(brokerId)
    if (!connection) {
      const address = this.#addresses.get(brokerId)
      if (!address) throw new CommandFailure(`broker ${brokerId} is not known`)
      connection = PeerConnection.open(this.#transport, address, CLIENT_ID)
      this.#connections.set(brokerId, connection)
    }
    return (await connection).request(api, body, atMost)
  }

  /** Brokers and topics; null: all topics. */
  async metadata(names: readonly string[] | null, mayCreate = false): Promise<MetadataResponse> {
    const topics = names?.map(name => ({ name })) ?? null
    const response = await this.request(Metadata, { topics, allowAutoTopicCreation: mayCreate })
    for (const { nodeId, host, port } of response.brokers) this.#addresses.set(nodeId, { host, port })
    return response
  }

  /** The partitions of a topic, which is created when the broker does that. */
  async partitionsOf(name: string, mayCreate: boolean): Promise<TopicPartitions> {
    const { topics } = await this.metadata([name], mayCreate)
    const topic = topics[0]
    if (!topic || topic.errorCode !== ErrorCode.NONE) {
      throw new CommandFailure(`topic ${name}: ${errorName(topic?.errorCode ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)}`)
    }
    const inOrder = [...topic.partitions].sort((a, b) => a.partitionIndex - b.partitionIndex)
    return { name, topicId: topic.topicId, leaders: inOrder.map(({ leaderId }) => leaderId) }
  }

  async close(): Promise<void> {
    this.#any.close()
    const opened = await Promise.allSettled(this.#connections.values())
    for (const connection of opened) if (connection.status === 'fulfilled') connection.value.close()
  }
}
