import { ErrorCode, errorName } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { DescribeGroups } from '../../protocol/messages/15-describe-groups'
import { CreateTopics } from '../../protocol/messages/19-create-topics'
import { ConsumerGroupDescribe } from '../../protocol/messages/69-consumer-group-describe'
import { assignedPartitions } from '../support/assignment'
import { Actor } from './actor'
import { type FetchedRecord, recordsOf } from './fetched-records'
import type { Topic } from './population'

export interface GroupDescription {
  readonly state: string
  /** What each of the members has. */
  readonly members: readonly (readonly number[])[]
}

/** Watermarks of a partition as a consumer is told them. */
export interface PartitionEnd {
  readonly highWatermark: number
  readonly lastStableOffset: number
}

const FETCH_BYTES = 1 << 20

/** A client that looks at everything and changes nothing but what the start of a run needs. */
export class Inspector extends Actor {
  protected async live(): Promise<void> {}

  /** Returns the ids of the topics. */
  async createTopics(topics: readonly Topic[]): Promise<ReadonlyMap<string, string>> {
    const answer = await this.persist(
      () =>
        this.ask('data', CreateTopics, 7, {
          topics: topics.map(({ name, partitions }) => ({
            name,
            numPartitions: partitions,
            replicationFactor: 1,
            configs: [{ name: 'segment.ms', value: '15000' }],
          })),
          timeoutMs: 10_000,
        }),
      () => ErrorCode.NONE,
    )
    for (const { errorCode } of answer.topics) this.#succeeded('CreateTopics', errorCode)
    for (const keyType of [0, 1]) {
      await this.persist(
        () => this.ask('data', FindCoordinator, 4, { keyType, coordinatorKeys: ['any'] }),
        ({ coordinators }) => coordinators[0]!.errorCode,
      )
    }
    return new Map(answer.topics.map(({ name, topicId }) => [name, topicId]))
  }

  async describe(group: string): Promise<GroupDescription> {
    const described = await this.persist(
      async () => (await this.ask('data', ConsumerGroupDescribe, 1, { groupIds: [group] })).groups[0]!,
      ({ errorCode }) => errorCode,
    )
    if (described.errorCode === ErrorCode.GROUP_ID_NOT_FOUND) return this.#describeClassic(group)
    this.#succeeded('ConsumerGroupDescribe', described.errorCode)
    const members = described.members.map(({ assignment }) =>
      assignment.topicPartitions.flatMap(({ partitions }) => partitions),
    )
    return { state: described.groupState, members }
  }

  async #describeClassic(group: string): Promise<GroupDescription> {
    const described = await this.persist(
      async () => (await this.ask('data', DescribeGroups, 5, { groups: [group] })).groups[0]!,
      ({ errorCode }) => errorCode,
    )
    this.#succeeded('DescribeGroups', described.errorCode)
    const members = described.members.map(({ memberAssignment }) => assignedPartitions(memberAssignment))
    return { state: described.groupState, members }
  }

  /** The committed offsets of all partitions of a topic; -1 where nothing is. */
  async committed(group: string, { name, partitions }: Topic): Promise<number[]> {
    const partitionIndexes = Array.from({ length: partitions }, (_nothing, index) => index)
    const answer = await this.persist(
      async () => {
        const { groups } = await this.ask('data', OffsetFetch, 8, {
          groups: [{ groupId: group, topics: [{ name, partitionIndexes }] }],
          requireStable: true,
        })
        const found = groups[0]!.topics[0]?.partitions ?? []
        const failed = found.find(partition => partition.errorCode !== ErrorCode.NONE)
        return { errorCode: failed?.errorCode ?? groups[0]!.errorCode, found }
      },
      ({ errorCode }) => errorCode,
    )
    this.#succeeded('OffsetFetch', answer.errorCode)
    return partitionIndexes.map(
      index => answer.found.find(({ partitionIndex }) => partitionIndex === index)!.committedOffset,
    )
  }

  async end(topic: string, partition: number): Promise<PartitionEnd> {
    const { highWatermark, lastStableOffset } = await this.#fetch(topic, partition, 0, 0)
    return { highWatermark, lastStableOffset }
  }

  /** All records that a reader of this isolation level gets. */
  async readAll(topic: string, partition: number, isolationLevel: 0 | 1): Promise<FetchedRecord[]> {
    const all: FetchedRecord[] = []
    for (let offset = 0; ; ) {
      const { records, nextOffset } = recordsOf(await this.#fetch(topic, partition, offset, isolationLevel), offset)
      if (nextOffset === offset) return all
      all.push(...records)
      offset = nextOffset
    }
  }

  async #fetch(topic: string, partition: number, fetchOffset: number, isolationLevel: 0 | 1) {
    const answer = await this.persist(
      async () => {
        const { responses } = await this.ask('data', Fetch, 11, {
          maxWaitMs: 0,
          minBytes: 0,
          isolationLevel,
          topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: FETCH_BYTES }] }],
        })
        return responses[0]!.partitions[0]!
      },
      ({ errorCode }) => errorCode,
    )
    this.#succeeded('Fetch', answer.errorCode)
    return answer
  }

  #succeeded(api: string, errorCode: number): void {
    if (errorCode === ErrorCode.NONE) return
    this.unexpected(api, errorCode)
    throw new Error(errorName(errorCode))
  }
}
