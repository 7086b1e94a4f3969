import { ErrorCode, errorName } from '../../protocol/errors'
import type { ConsumerHeartbeat } from '../../src/coordinator/group/consumer/heartbeat-check'
import type { GroupWorld } from './group-world'

export interface ConsumerOptions {
  readonly topics?: readonly string[]
  readonly regex?: string
  readonly instanceId?: string
  readonly rebalanceTimeoutMs?: number
  readonly assignor?: string
}

/** A member of a consumer group as stock clients are one: it gives up what is taken from it at once, and says so with its next heartbeat. */
export class ConsumerClient {
  memberId: string
  epoch = 0
  /** `topic-partition`, sorted. */
  owned: readonly string[] = []
  errorMessage: string | null = null
  options: ConsumerOptions
  readonly #world: GroupWorld
  readonly #groupId: string
  #mustTell = false

  constructor(world: GroupWorld, groupId: string, memberId: string, options: ConsumerOptions = {}) {
    this.#world = world
    this.#groupId = groupId
    this.memberId = memberId
    this.options = options
  }

  /** Joins anew, with nothing. Error name. */
  join(changes: Partial<ConsumerHeartbeat> = {}): Promise<string> {
    const { topics = ['topic'], regex, instanceId, rebalanceTimeoutMs = 60_000, assignor } = this.options
    this.epoch = 0
    this.owned = []
    return this.send({
      memberEpoch: 0,
      instanceId: instanceId ?? null,
      rebalanceTimeoutMs,
      subscribedTopicNames: regex === undefined ? topics : [],
      subscribedTopicRegex: regex ?? null,
      serverAssignor: assignor ?? null,
      topicPartitions: [],
      ...changes,
    })
  }

  /** The heartbeat that is due: with what it has when that has changed since it last said so. Error name. */
  beat(changes: Partial<ConsumerHeartbeat> = {}): Promise<string> {
    const topicPartitions = this.#mustTell ? this.topicPartitions : null
    this.#mustTell = false
    return this.send({ topicPartitions, ...changes })
  }

  /** `epoch` -1: for good. */
  async leave(epoch = -1): Promise<string> {
    const { memberId } = this
    const error = await this.send({ memberEpoch: epoch })
    if (error === 'NONE') Object.assign(this, { memberId, epoch: 0, owned: [] })
    return error
  }

  /** The heartbeat that is due, the answer to which is lost: the next one tells everything again. */
  async beatInVain(): Promise<void> {
    await this.#answer({ topicPartitions: this.#mustTell ? this.topicPartitions : null })
    this.#mustTell = true
  }

  /** One heartbeat with nothing but what is given. Error name. */
  async send(changes: Partial<ConsumerHeartbeat> = {}): Promise<string> {
    const answer = await this.#answer(changes)
    if ('errorCode' in answer) {
      this.errorMessage = answer.errorMessage
      return errorName(answer.errorCode)
    }
    this.memberId = answer.memberId
    this.epoch = answer.memberEpoch
    if (answer.assignment) {
      const { image } = this.#world.topics
      const names = answer.assignment.topicPartitions.flatMap(({ topicId, partitions }) =>
        partitions.map(partition => `${image.topicById(topicId)?.name}-${partition}`),
      )
      const owned = names.sort()
      this.#mustTell = owned.join() !== this.owned.join()
      this.owned = owned
    }
    return errorName(ErrorCode.NONE)
  }

  #answer(changes: Partial<ConsumerHeartbeat>) {
    return this.#world.run(
      this.#world.groups.consumerHeartbeat({
        groupId: this.#groupId,
        memberId: this.memberId,
        memberEpoch: this.epoch,
        instanceId: this.options.instanceId ?? null,
        rackId: null,
        rebalanceTimeoutMs: -1,
        subscribedTopicNames: null,
        subscribedTopicRegex: null,
        serverAssignor: null,
        topicPartitions: null,
        clientId: 'client',
        clientHost: '/127.0.0.1',
        knowsItsId: true,
        ...changes,
      }),
    )
  }

  /** Commits for a partition of a topic. Error name. */
  async commit(partition: number, offset: number, { epoch = this.epoch, topic = 'topic' } = {}): Promise<string> {
    const partitions = [{ partition, offset, leaderEpoch: -1, metadata: '' }]
    const [committed] = await this.#world.run(
      this.#world.groups.commit({
        groupId: this.#groupId,
        memberId: this.memberId,
        groupInstanceId: this.options.instanceId ?? null,
        generationId: epoch,
        retentionMs: -1,
        topics: [{ topic, topicId: this.#world.topics.id(topic), partitions }],
      }),
    )
    return errorName(committed!.partitions[0]!.errorCode)
  }

  get topicPartitions() {
    return this.owned.map(name => {
      const at = name.lastIndexOf('-')
      return { topicId: this.#world.topics.id(name.slice(0, at)), partitions: [Number(name.slice(at + 1))] }
    })
  }
}

/** Lets all of them send heartbeats until nothing changes any more. */
export const settleConsumers = async (clients: readonly ConsumerClient[]): Promise<void> => {
  const state = () => JSON.stringify(clients.map(({ memberId, epoch, owned }) => [memberId, epoch, owned]))
  for (let before = ''; before !== state(); ) {
    before = state()
    for (const client of clients) expect(await client.beat()).toBe('NONE')
  }
}
