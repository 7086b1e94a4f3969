import { ErrorCode, errorName } from '../../protocol/errors'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
import { Halted, isRetriable } from './actor'
import { GroupMember, type GroupMemberOptions, type Identity, type Standing } from './group-member'
import { placeOf } from './history'
import type { World } from './world'

export interface ConsumerMemberOptions extends GroupMemberOptions {
  readonly topicId: string
  /** Of a static member. */
  readonly groupInstanceId: string | null
  readonly rebalanceTimeoutMs: number
}

const LEAVES = -1

/** A member that speaks the consumer protocol (KIP-848): the coordinator assigns, and the member says when it has given something up. */
export class ConsumerMember extends GroupMember {
  protected override readonly offsetVersions = { commit: [9], fetch: 9 }
  readonly #consumer: ConsumerMemberOptions
  readonly #memberId: string
  /** 0: not a member. */
  #memberEpoch = 0

  constructor(world: World, name: string, options: ConsumerMemberOptions) {
    super(world, name, options)
    this.#consumer = options
    this.#memberId = world.random.bytes(16).toString('base64url')
  }

  protected get identity(): Identity {
    const { groupInstanceId } = this.#consumer
    return { memberId: this.#memberId, groupInstanceId, generationId: this.#memberEpoch }
  }

  protected async join(): Promise<boolean> {
    for (const partition of [...this.positions.keys()]) this.giveUp(partition)
    this.#memberEpoch = 0
    const gained = await this.#beat()
    return gained !== null && this.#memberEpoch > 0
  }

  protected async heartbeat(): Promise<Standing> {
    const gained = await this.#beat()
    if (gained === null || gained.length === 0) return this.#memberEpoch === 0 ? 'rejoins' : 'stays'
    if (await this.fetchPositions(gained)) return 'stays'
    for (const partition of gained) this.giveUp(partition)
    return 'rejoins'
  }

  protected async sayGoodbye(): Promise<void> {
    if (this.#memberEpoch === 0) return
    const { errorCode } = await this.#ask(LEAVES)
    this.note(`leaves: ${errorName(errorCode)}`)
  }

  protected refused(api: string, errorCode: number): Standing {
    this.note(`${api}: ${errorName(errorCode)}`)
    switch (errorCode) {
      case ErrorCode.FENCED_INSTANCE_ID:
        this.halt()
        throw new Halted()
      // The group has moved to the classic protocol, because somebody took the place of its last member of this one.
      case ErrorCode.GROUP_ID_NOT_FOUND:
      case ErrorCode.FENCED_MEMBER_EPOCH:
      case ErrorCode.UNKNOWN_MEMBER_ID:
        this.#memberEpoch = 0
        return 'rejoins'
      // The next heartbeat tells the epoch.
      case ErrorCode.STALE_MEMBER_EPOCH:
        return 'stays'
      case ErrorCode.UNRELEASED_INSTANCE_ID:
        return 'rejoins'
      default:
        if (!isRetriable(errorCode)) this.unexpected(api, errorCode)
        return 'stays'
    }
  }

  /** Gives up what it shall not have any more; returns the partitions that it has newly, null when it was refused. */
  async #beat(): Promise<number[] | null> {
    const { group, topic, topicId } = this.#consumer
    const answer = await this.#ask(this.#memberEpoch)
    if (answer.errorCode !== ErrorCode.NONE) {
      this.refused('ConsumerGroupHeartbeat', answer.errorCode)
      return null
    }
    this.#memberEpoch = answer.memberEpoch
    if (!answer.assignment) return []
    const assigned = answer.assignment.topicPartitions.flatMap(({ partitions }) => partitions)
    if (answer.assignment.topicPartitions.some(of => of.topicId !== topicId)) this.unexpected('assignment', 0)
    const lost = [...this.positions.keys()].filter(partition => !assigned.includes(partition))
    if (lost.length > 0) await this.finishWork()
    for (const partition of lost) this.giveUp(partition)
    const gained = assigned.filter(partition => !this.positions.has(partition))
    for (const partition of assigned) {
      const owner = this.#consumer.groupInstanceId ?? this.#memberId
      this.world.history.owns(group, answer.memberEpoch, placeOf(topic, partition), owner)
    }
    for (const partition of gained) this.positions.set(partition, 0)
    if (gained.length + lost.length > 0) this.note(`has ${assigned} in epoch ${answer.memberEpoch}`)
    return gained
  }

  /** Everything is said each time, as after a failure, so an answer that was lost is made up for by the next one. */
  #ask(memberEpoch: number) {
    const { group, topic, topicId, groupInstanceId, rebalanceTimeoutMs } = this.#consumer
    const partitions = memberEpoch === 0 ? [] : [...this.positions.keys()]
    return this.persist(
      () =>
        this.ask('coordinator', ConsumerGroupHeartbeat, 1, {
          groupId: group,
          memberId: this.#memberId,
          memberEpoch,
          instanceId: groupInstanceId,
          rebalanceTimeoutMs,
          subscribedTopicNames: [topic],
          topicPartitions: partitions.length > 0 ? [{ topicId, partitions }] : [],
        }),
      ({ errorCode }) => errorCode,
    )
  }
}
