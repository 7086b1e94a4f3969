/**
 * The groups of this broker, as handlers ask for them. Everything is answered with error codes; a promise that rejects is a bug.
 *
 * The empty string is the id of a group that may keep offsets, for old clients do so, but cannot be joined.
 */
import { ErrorCode } from '../../../protocol/errors'
import type { Random } from '../../io/random'
import { coordinatorErrorCode } from '../coordinator-error'
import type { CoordinatorRuntime } from '../coordinator-runtime'
import { CoordinatorFailure, type Transition } from '../coordinator-shard'
import {
  type JoinAnswer,
  type Joining,
  type MemberIdentity,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
  type Syncing,
} from './classic-member'
import { type DescribedConsumerGroup, describeConsumerGroup, undescribed } from './consumer/consumer-description'
import type { ConsumerHeartbeatAnswer } from './consumer/consumer-members'
import type { ConsumerHeartbeat } from './consumer/heartbeat-check'
import { type DescribedGroup, describeGroup, type ListedGroup, listGroups } from './group-listing'
import type { GroupSettings, GroupShard } from './group-shard'
import {
  type Committing,
  commitOffsets,
  deleteGroup,
  deleteOffsets,
  type FetchedOffset,
  type Fetching,
  fetchOffsets,
  forgetTopics,
  type OffsetsOfTopic,
  type PartitionError,
} from './offset-requests'

/** What a heartbeat is answered with, or why it is refused. */
export type ConsumerHeartbeatOutcome =
  | ConsumerHeartbeatAnswer
  | { readonly errorCode: number; readonly errorMessage: string | null }

export const CONSUMER_OFFSETS = '__consumer_offsets'

type Runtime = Pick<CoordinatorRuntime<GroupShard>, 'run' | 'ask' | 'askAll' | 'runAll'>

export interface GroupCoordinatorOptions {
  readonly runtime: Runtime
  readonly settings: () => GroupSettings
}

export class GroupCoordinator {
  readonly #runtime: Runtime
  readonly #settings: () => GroupSettings

  constructor({ runtime, settings }: GroupCoordinatorOptions) {
    this.#runtime = runtime
    this.#settings = settings
  }

  join(groupId: string, joining: Joining): Promise<JoinAnswer> {
    if (groupId === '') return Promise.resolve(refusedJoin(ErrorCode.INVALID_GROUP_ID, joining.memberId))
    return this.#answered(
      groupId,
      (shard, answer: (answer: JoinAnswer) => void, now) => shard.join(groupId, joining, answer, now),
      errorCode => refusedJoin(errorCode, joining.memberId),
    )
  }

  sync(groupId: string, syncing: Syncing): Promise<SyncAnswer> {
    if (groupId === '') return Promise.resolve(refusedSync(ErrorCode.INVALID_GROUP_ID))
    return this.#answered(
      groupId,
      (shard, answer: (answer: SyncAnswer) => void, now) => shard.sync(groupId, syncing, answer, now),
      refusedSync,
    )
  }

  /** An error code. */
  heartbeat(groupId: string, member: MemberIdentity, generationId: number): Promise<number> {
    if (groupId === '') return Promise.resolve(ErrorCode.INVALID_GROUP_ID)
    return this.#settled(
      this.#runtime.ask(groupId, shard => shard.heartbeat(groupId, member, generationId)),
      errorCode => (errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : errorCode),
    )
  }

  /** An error code for the whole and one for each member, in order. */
  leave(
    groupId: string,
    members: readonly MemberIdentity[],
  ): Promise<{ errorCode: number; members: readonly number[] }> {
    if (groupId === '') return Promise.resolve({ errorCode: ErrorCode.INVALID_GROUP_ID, members: [] })
    return this.#settled(
      this.#runtime
        .run(groupId, (shard, now) => shard.leave(groupId, members, now))
        .then(errorCodes => ({ errorCode: ErrorCode.NONE, members: errorCodes })),
      errorCode => ({ errorCode, members: [] }),
    )
  }

  commit(request: Committing): Promise<OffsetsOfTopic<PartitionError>[]> {
    const refused = (errorCode: number) =>
      request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
      }))
    const { offsetMetadataMaxBytes } = this.#settings()
    return this.#settled(
      this.#runtime.run(request.groupId, (shard, now) => commitOffsets(shard, request, offsetMetadataMaxBytes, now)),
      refused,
    )
  }

  fetch(request: Fetching): Promise<{ errorCode: number; topics: OffsetsOfTopic<FetchedOffset>[] }> {
    return this.#settled(
      this.#runtime.ask(request.groupId, shard => fetchOffsets(shard, request)),
      errorCode => ({ errorCode, topics: [] }),
    )
  }

  deleteOffsets(
    groupId: string,
    topics: readonly OffsetsOfTopic<number>[],
  ): Promise<{ errorCode: number; topics: OffsetsOfTopic<PartitionError>[] }> {
    if (groupId === '') return Promise.resolve({ errorCode: ErrorCode.INVALID_GROUP_ID, topics: [] })
    return this.#settled(
      this.#runtime.run(groupId, shard => deleteOffsets(shard, groupId, topics)),
      errorCode => ({ errorCode, topics: [] }),
    )
  }

  /** An error code. */
  deleteGroup(groupId: string): Promise<number> {
    return this.#settled(
      this.#runtime.run(groupId, shard => deleteGroup(shard, groupId)),
      errorCode => errorCode,
    )
  }

  list(states: readonly string[], types: readonly string[]): Promise<{ errorCode: number; groups: ListedGroup[] }> {
    return this.#settled(
      this.#runtime
        .askAll(shard => listGroups(shard, states, types))
        .then(groups => ({ errorCode: ErrorCode.NONE, groups: groups.flat() })),
      errorCode => ({ errorCode, groups: [] }),
    )
  }

  describe(groupId: string, apiVersion: number): Promise<DescribedGroup> {
    const refused = (errorCode: number): DescribedGroup => ({
      errorCode,
      errorMessage: null,
      groupId,
      groupState: '',
      protocolType: '',
      protocolData: '',
      members: [],
    })
    return this.#settled(
      this.#runtime.ask(groupId, shard => describeGroup(shard, groupId, apiVersion)),
      refused,
    )
  }

  /** ConsumerGroupHeartbeat. */
  async consumerHeartbeat(heartbeat: ConsumerHeartbeat): Promise<ConsumerHeartbeatOutcome> {
    try {
      const { groupId } = heartbeat
      return await this.#runtime.run(groupId, (shard, now) => shard.consumerHeartbeat(heartbeat, now))
    } catch (error) {
      if (!(error instanceof CoordinatorFailure)) throw error
      return { errorCode: coordinatorErrorCode(error.errorCode), errorMessage: error.message }
    }
  }

  /** ConsumerGroupDescribe, of one group. */
  describeConsumerGroup(groupId: string): Promise<DescribedConsumerGroup> {
    const refused = (errorCode: number) => undescribed(groupId, errorCode, null)
    if (groupId === '') return Promise.resolve(refused(ErrorCode.INVALID_GROUP_ID))
    return this.#settled(
      this.#runtime.ask(groupId, shard => describeConsumerGroup(shard, groupId)),
      refused,
    )
  }

  /** Topics were deleted: what was committed for them goes. */
  forgetTopics(topics: ReadonlySet<string>): Promise<void> {
    return this.#runtime.runAll(shard => forgetTopics(shard, topics))
  }

  /** A request whose answer may come much later than its transition, from the transition of another one. */
  #answered<Answer>(
    groupId: string,
    operation: (shard: GroupShard, answer: (answer: Answer) => void, now: number) => Transition<void>,
    refused: (errorCode: number) => Answer,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#runtime
        .run(groupId, (shard, now) => operation(shard, resolve, now))
        .catch((error: unknown) => {
          if (error instanceof CoordinatorFailure) resolve(refused(coordinatorErrorCode(error.errorCode)))
          else reject(error)
        })
    })
  }

  async #settled<Answer>(work: Promise<Answer>, refused: (errorCode: number) => Answer): Promise<Answer> {
    try {
      return await work
    } catch (error) {
      if (error instanceof CoordinatorFailure) return refused(coordinatorErrorCode(error.errorCode))
      throw error
    }
  }
}

/** A random id of a member or an assignment, in the usual form of a UUID. */
export const newUuid = (random: Random): string => {
  const hex = random.bytes(16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
