/**
 * The groups of this broker, as handlers ask for them. Everything is answered with error codes; a promise that rejects is a bug.
 *
 * The empty string is the id of a group that may keep offsets, for old clients do so, but cannot be joined.
 */
import { ErrorCode } from '../../../protocol/errors'
import type { Random } from '../../io/random'
import { answeredOr } from '../coordinator-error'
import type { CoordinatorRuntime } from '../coordinator-runtime'
import type { Transition } from '../coordinator-shard'
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
  heartbeat(groupId: string, member: MemberIdentity, generationId: number): number | Promise<number> {
    if (groupId === '') return ErrorCode.INVALID_GROUP_ID
    return answeredOr(
      () => this.#runtime.ask(groupId, shard => shard.heartbeat(groupId, member, generationId)),
      errorCode => (errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : errorCode),
    )
  }

  /** An error code for the whole and one for each member, in order. */
  async leave(
    groupId: string,
    members: readonly MemberIdentity[],
  ): Promise<{ errorCode: number; members: readonly number[] }> {
    if (groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID, members: [] }
    return answeredOr(
      async () => {
        const errorCodes = await this.#runtime.run(groupId, (shard, now) => shard.leave(groupId, members, now))
        return { errorCode: ErrorCode.NONE, members: errorCodes }
      },
      errorCode => ({ errorCode, members: [] }),
    )
  }

  async commit(request: Committing): Promise<OffsetsOfTopic<PartitionError>[]> {
    const refused = (errorCode: number) =>
      request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
      }))
    const { offsetMetadataMaxBytes } = this.#settings()
    return answeredOr(
      () =>
        this.#runtime.run(request.groupId, (shard, now) => commitOffsets(shard, request, offsetMetadataMaxBytes, now)),
      refused,
    )
  }

  async fetch(request: Fetching): Promise<{ errorCode: number; topics: OffsetsOfTopic<FetchedOffset>[] }> {
    return answeredOr(
      () => this.#runtime.ask(request.groupId, shard => fetchOffsets(shard, request)),
      errorCode => ({ errorCode, topics: [] }),
    )
  }

  async deleteOffsets(
    groupId: string,
    topics: readonly OffsetsOfTopic<number>[],
  ): Promise<{ errorCode: number; topics: OffsetsOfTopic<PartitionError>[] }> {
    if (groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID, topics: [] }
    return answeredOr(
      () => this.#runtime.run(groupId, shard => deleteOffsets(shard, groupId, topics)),
      errorCode => ({ errorCode, topics: [] }),
    )
  }

  /** An error code. */
  async deleteGroup(groupId: string): Promise<number> {
    return answeredOr(
      () => this.#runtime.run(groupId, shard => deleteGroup(shard, groupId)),
      errorCode => errorCode,
    )
  }

  async list(
    states: readonly string[],
    types: readonly string[],
  ): Promise<{ errorCode: number; groups: ListedGroup[] }> {
    return answeredOr(
      async () => {
        const groups = await this.#runtime.askAll(shard => listGroups(shard, states, types))
        return { errorCode: ErrorCode.NONE, groups: groups.flat() }
      },
      errorCode => ({ errorCode, groups: [] }),
    )
  }

  async describe(groupId: string, apiVersion: number): Promise<DescribedGroup> {
    const refused = (errorCode: number): DescribedGroup => ({
      errorCode,
      errorMessage: null,
      groupId,
      groupState: '',
      protocolType: '',
      protocolData: '',
      members: [],
    })
    return answeredOr(() => this.#runtime.ask(groupId, shard => describeGroup(shard, groupId, apiVersion)), refused)
  }

  /** ConsumerGroupHeartbeat. */
  consumerHeartbeat(heartbeat: ConsumerHeartbeat): ConsumerHeartbeatOutcome | Promise<ConsumerHeartbeatOutcome> {
    return answeredOr(
      () => this.#runtime.run(heartbeat.groupId, (shard, now) => shard.consumerHeartbeat(heartbeat, now)),
      (errorCode, { message }) => ({ errorCode, errorMessage: message }),
    )
  }

  /** ConsumerGroupDescribe, of one group. */
  async describeConsumerGroup(groupId: string): Promise<DescribedConsumerGroup> {
    const refused = (errorCode: number) => undescribed(groupId, errorCode, null)
    if (groupId === '') return refused(ErrorCode.INVALID_GROUP_ID)
    return answeredOr(() => this.#runtime.ask(groupId, shard => describeConsumerGroup(shard, groupId)), refused)
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
      const work = answeredOr(
        () => this.#runtime.run(groupId, (shard, now) => operation(shard, resolve, now)),
        errorCode => resolve(refused(errorCode)),
      )
      if (work instanceof Promise) work.catch(reject)
    })
  }
}

/** A random id of a member or an assignment, in the usual form of a UUID. */
export const newUuid = (random: Random): string => {
  const hex = random.bytes(16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
