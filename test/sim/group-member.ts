import { ErrorCode, errorName } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { Actor, Disconnected } from './actor'
import { type FetchedRecord, recordsOf } from './fetched-records'
import { placeOf } from './history'
import type { World } from './world'

export interface GroupMemberOptions {
  readonly group: string
  readonly topic: string
  readonly isolationLevel: 0 | 1
}

/** Who a member is to the coordinator, in either protocol. */
export interface Identity {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
}

/** Whether a member goes on with what it has, or has to ask the coordinator again. */
export type Standing = 'stays' | 'rejoins'

const FETCH_MS_MAX = 200
const PAUSE_MS_MAX = 400
/** So many records a member takes at once, so that there is something left to resume at. */
const FETCH_BYTES = 400
export const SESSION_MS = 6_000

/**
 * A consumer of a group: it reads the partitions that it has, and commits what it has read. How it comes by its partitions is a matter
 * of the protocol it speaks.
 */
export abstract class GroupMember extends Actor {
  protected readonly options: GroupMemberOptions
  /** Where to read on, by partition that it has. */
  protected readonly positions = new Map<number, number>()
  /** Versions of OffsetCommit and OffsetFetch that go with the protocol. */
  protected readonly offsetVersions: { readonly commit: readonly number[]; readonly fetch: number } = {
    commit: [7, 8],
    fetch: 8,
  }
  /** Partitions whose position has moved since it was committed. */
  readonly #uncommitted = new Set<number>()
  #isSlow = false
  #isLeaving = false

  constructor(world: World, name: string, options: GroupMemberOptions) {
    super(world, name)
    this.options = options
  }

  /** It will not be heard of for longer than a session. */
  slowDown(): void {
    this.#isSlow = true
  }

  /** It finishes what it does, leaves the group, and is over. */
  leave(): void {
    this.#isLeaving = true
  }

  protected abstract get identity(): Identity
  /** Becomes a member with an assignment, which is in `positions` as keys; false: it has to be tried again. */
  protected abstract join(): Promise<boolean>
  /** Tells the coordinator that it lives. */
  protected abstract heartbeat(): Promise<Standing>
  protected abstract sayGoodbye(): Promise<void>
  /** The coordinator answered a request of a member with an error that is not about the request itself. */
  protected abstract refused(api: string, errorCode: number): Standing

  protected async live(): Promise<void> {
    while (!this.#isLeaving) {
      try {
        await this.#findCoordinator()
        if ((await this.join()) && (await this.fetchPositions([...this.positions.keys()]))) await this.#work()
      } catch (error) {
        if (!(error instanceof Disconnected)) throw error
      }
      await this.idle(10 + this.world.below(PAUSE_MS_MAX))
    }
    await this.sayGoodbye()
  }

  /** What is done with records that were read, up to `nextOffset`. */
  protected async process(partition: number, records: readonly FetchedRecord[], nextOffset: number): Promise<Standing> {
    const { topic, group } = this.options
    for (const { offset, value } of records) this.world.history.read(placeOf(topic, partition), offset, value, group)
    this.positions.set(partition, nextOffset)
    this.#uncommitted.add(partition)
    return 'stays'
  }

  /** Before partitions are given up, or the group is left. */
  protected async finishWork(): Promise<void> {
    if (this.world.oneIn(2)) await this.#commit()
  }

  /** The partition is not its own any more. */
  protected giveUp(partition: number): void {
    this.positions.delete(partition)
    this.#uncommitted.delete(partition)
  }

  async #findCoordinator(): Promise<void> {
    const request = { keyType: 0, key: this.options.group, coordinatorKeys: [this.options.group] }
    const version = this.world.pick([1, 3, 4])
    await this.persist(
      () => this.ask('coordinator', FindCoordinator, version, request),
      answer => (version < 4 ? answer.errorCode : answer.coordinators[0]!.errorCode),
    )
  }

  /** Goes on where the group has come to. False when the coordinator says that this is not a member, or not of this epoch. */
  protected async fetchPositions(partitionIndexes: number[]): Promise<boolean> {
    const { group, topic } = this.options
    for (const partition of partitionIndexes) this.#uncommitted.delete(partition)
    if (partitionIndexes.length === 0) return true
    const { memberId, generationId } = this.identity
    const { history } = this.world
    let floors: number[] = []
    const partitions = await this.persist(
      async () => {
        floors = partitionIndexes.map(index => history.committedFloor(group, placeOf(topic, index)))
        const { groups } = await this.ask('coordinator', OffsetFetch, this.offsetVersions.fetch, {
          groups: [
            { groupId: group, memberId, memberEpoch: generationId, topics: [{ name: topic, partitionIndexes }] },
          ],
          requireStable: true,
        })
        const { errorCode, topics } = groups[0]!
        return { errorCode, partitions: topics[0]?.partitions ?? [] }
      },
      answer => answer.partitions.find(({ errorCode }) => errorCode !== ErrorCode.NONE)?.errorCode ?? answer.errorCode,
    )
    if (partitions.errorCode !== ErrorCode.NONE) {
      this.refused('OffsetFetch', partitions.errorCode)
      return false
    }
    for (const { partitionIndex, committedOffset, errorCode } of partitions.partitions) {
      if (errorCode !== ErrorCode.NONE) this.unexpected('OffsetFetch', errorCode)
      const floor = floors[partitionIndexes.indexOf(partitionIndex)]!
      history.commitFetched(group, placeOf(topic, partitionIndex), committedOffset, floor)
      this.positions.set(partitionIndex, Math.max(0, committedOffset))
      this.note(`resumes ${partitionIndex} at ${committedOffset}`)
    }
    return true
  }

  async #work(): Promise<void> {
    for (;;) {
      if (this.#isSlow) {
        this.#isSlow = false
        this.note('is slow')
        await this.idle(SESSION_MS + this.world.below(SESSION_MS))
      }
      if ((await this.#poll()) === 'rejoins') return
      if (this.world.oneIn(3) && (await this.#commit()) === 'rejoins') return
      if (this.#isLeaving) return this.finishWork()
      if ((await this.heartbeat()) === 'rejoins') return
      await this.idle(this.world.below(PAUSE_MS_MAX))
    }
  }

  async #poll(): Promise<Standing> {
    const { topic, isolationLevel } = this.options
    const asked = new Map(this.positions)
    if (asked.size === 0) return 'stays'
    const { errorCode, responses } = await this.ask('data', Fetch, this.world.pick([4, 7, 11, 12]), {
      maxWaitMs: FETCH_MS_MAX,
      minBytes: 1,
      isolationLevel,
      topics: [
        {
          topic,
          partitions: Array.from(asked, ([partition, fetchOffset]) => ({
            partition,
            fetchOffset,
            partitionMaxBytes: FETCH_BYTES,
          })),
        },
      ],
    })
    if (errorCode !== ErrorCode.NONE) this.unexpected('Fetch', errorCode)
    for (const partition of responses[0]?.partitions ?? []) {
      const { partitionIndex } = partition
      if (partition.errorCode !== ErrorCode.NONE) {
        this.note(`Fetch: ${errorName(partition.errorCode)}`)
        if (partition.errorCode !== ErrorCode.NOT_LEADER_OR_FOLLOWER) this.unexpected('Fetch', partition.errorCode)
        continue
      }
      const from = asked.get(partitionIndex)!
      const { records, nextOffset } = recordsOf(partition, from)
      if (nextOffset === from) continue
      this.note(`reads ${partitionIndex} from ${from} to ${nextOffset}`)
      if ((await this.process(partitionIndex, records, nextOffset)) === 'rejoins') return 'rejoins'
    }
    return 'stays'
  }

  async #commit(): Promise<Standing> {
    const partitions = [...this.#uncommitted]
    if (partitions.length === 0) return 'stays'
    const { group, topic } = this.options
    const { history } = this.world
    const { memberId, groupInstanceId, generationId } = this.identity
    const offsets = partitions.map(partition => ({ partition, offset: this.positions.get(partition)! }))
    for (const { partition, offset } of offsets) history.commitTried(group, placeOf(topic, partition), offset)
    const answer = await this.persist(
      () =>
        this.ask('coordinator', OffsetCommit, this.world.pick(this.offsetVersions.commit), {
          groupId: group,
          memberId,
          groupInstanceId,
          generationIdOrMemberEpoch: generationId,
          topics: [
            {
              name: topic,
              partitions: offsets.map(({ partition, offset }) => ({
                partitionIndex: partition,
                committedOffset: offset,
                committedMetadata: '',
              })),
            },
          ],
        }),
      ({ topics }) => topics[0]!.partitions[0]!.errorCode,
    )
    this.#uncommitted.clear()
    let standing: Standing = 'stays'
    for (const { partitionIndex, errorCode } of answer.topics[0]!.partitions) {
      const { offset } = offsets.find(({ partition }) => partition === partitionIndex)!
      this.note(`commits ${partitionIndex} at ${offset}: ${errorName(errorCode)}`)
      if (errorCode === ErrorCode.NONE) history.commitAcknowledged(group, placeOf(topic, partitionIndex), offset)
      else standing = this.refused('OffsetCommit', errorCode)
    }
    return standing
  }
}
