import { ErrorCode, errorName } from '../../protocol/errors'
import type { JoinAnswer, Joining, SyncAnswer } from '../../src/coordinator/group/classic-member'
import type { ConsumerGroupConfig } from '../../src/coordinator/group/consumer/consumer-rebalance'
import { GroupCoordinator, newUuid } from '../../src/coordinator/group/group-coordinator'
import { type GroupSettings, GroupShard } from '../../src/coordinator/group/group-shard'
import { ShardHost } from '../../src/coordinator/shard-host'
import type { MemoryDisk } from '../../src/io/memory/memory-disk'
import { randomTopicId } from '../../src/metadata/topic-id'
import { Partition } from '../../src/replication/partition'
import { GroupTopics } from './group-topics'
import { BROKER_ID, partitionState } from './hosted-partitions'
import { LogWorld } from './log-directories'

export const OFFSETS_TOPIC = '__consumer_offsets'
const TURNS_MAX = 20

export const groupSettings: GroupSettings = {
  groupInitialRebalanceDelayMs: 0,
  groupMinSessionTimeoutMs: 6_000,
  groupMaxSessionTimeoutMs: 1_800_000,
  groupMaxSize: 2_147_483_647,
  offsetMetadataMaxBytes: 4096,
  offsetsRetentionMinutes: 10_080,
  offsetsRetentionCheckIntervalMs: 600_000,
  groupConsumerAssignors: ['uniform', 'range'],
  groupConsumerMaxSize: 2_147_483_647,
  groupConsumerMigrationPolicy: 'bidirectional',
  groupConsumerRegexRefreshIntervalMs: 600_000,
}

/** Of every group. */
const groupConfig = {
  consumerSessionTimeoutMs: 45_000,
  consumerHeartbeatIntervalMs: 5_000,
  consumerAssignmentIntervalMs: 0,
}

/** A group coordinator over one partition, in virtual time, on a disk that can fail and crash. */
export class GroupWorld {
  readonly logs: LogWorld
  settings: GroupSettings
  groupConfig: ConsumerGroupConfig = groupConfig
  readonly topics = new GroupTopics()
  partition!: Partition
  host!: ShardHost<GroupShard>
  groups!: GroupCoordinator

  private constructor(settings: Partial<GroupSettings>, logs: LogWorld) {
    this.settings = { ...groupSettings, ...settings }
    this.logs = logs
  }

  static async open(
    settings: Partial<GroupSettings> = {},
    options: { seed?: number; disk?: MemoryDisk } = {},
  ): Promise<GroupWorld> {
    const world = new GroupWorld(settings, new LogWorld({ crashable: options.disk === undefined, ...options }))
    await world.start()
    return world
  }

  /** Opens the log and loads the coordinator. */
  async start(): Promise<void> {
    await this.logs.open()
    this.partition = new Partition({
      log: this.logs.log(OFFSETS_TOPIC),
      state: partitionState(),
      brokerId: BROKER_ID,
    })
    this.beginLoading()
    await this.run(this.host.loaded)
  }

  /** Makes a coordinator that has not loaded its log yet. */
  beginLoading(): void {
    this.host = new ShardHost<GroupShard>({
      partition: this.partition,
      makeShard: timers =>
        new GroupShard({
          timers,
          settings: () => this.settings,
          newUuid: () => newUuid(this.logs.random),
          newMemberId: () => randomTopicId(this.logs.random),
          topics: this.topics.metadata,
          configOf: () => this.groupConfig,
        }),
      clock: this.logs.clock,
      timers: this.logs.timers,
      logger: this.logs.logger,
    })
    const { host } = this
    const runtime = {
      run: (_id: string, operation: Parameters<typeof host.run>[0]) => host.run(operation),
      ask: (_id: string, question: Parameters<typeof host.ask>[0]) => host.ask(question),
      askAll: async (question: Parameters<typeof host.ask>[0]) => [await host.ask(question)],
      runAll: async (operation: Parameters<typeof host.run>[0]) => {
        await host.run(operation)
      },
    }
    this.groups = new GroupCoordinator({
      runtime: runtime as ConstructorParameters<typeof GroupCoordinator>[0]['runtime'],
      settings: () => this.settings,
    })
  }

  /** The broker stops in order and starts again. */
  async restart(): Promise<void> {
    this.host.close(ErrorCode.NOT_COORDINATOR)
    await this.logs.close()
    await this.start()
  }

  /** The process dies and starts again; whoever waited is never answered. */
  async crash(options: { readonly keepPageCache: boolean }): Promise<void> {
    this.logs.crash(options)
    await this.start()
  }

  /** The outcome of something that needs no time to go by, but for timers that are due now. */
  async run<Value>(outcome: Value | Promise<Value>): Promise<Value> {
    let isSettled = false
    const settled = Promise.resolve(outcome).finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    for (let turn = 0; turn < TURNS_MAX && !isSettled; turn++) await this.advance(0)
    if (!isSettled) throw new Error('this waits for something that does not happen now')
    return settled
  }

  settle(): Promise<void> {
    return this.logs.timers.settle()
  }

  advance(ms: number): Promise<void> {
    return this.logs.timers.advance(ms)
  }

  member(groupId: string, options: MemberOptions = {}): GroupMember {
    return new GroupMember(this, groupId, options)
  }

  /** A group with these members, which has just become stable; the first one leads. */
  async stableGroup(groupId: string, ...options: readonly MemberOptions[]): Promise<GroupMember[]> {
    const members = options.map(each => this.member(groupId, each))
    for (const member of members) {
      void member.join()
      await this.settle()
    }
    await this.rebalanced(members)
    return members
  }

  /** All of these join and sync, some of which may have joined already. */
  async rebalanced(members: readonly GroupMember[]): Promise<void> {
    await this.run(Promise.all(members.map(member => member.pendingJoin ?? member.join())))
    const leader = members.find(member => member.isLeader)!
    const assignments = Object.fromEntries(members.map(({ memberId }) => [memberId, `for ${memberId}`]))
    await this.run(Promise.all(members.map(member => member.sync(member === leader ? assignments : {}))))
  }

  async state(groupId: string): Promise<string> {
    return (await this.run(this.groups.describe(groupId, 5))).groupState
  }

  /** Commits as nobody. */
  async commit(groupId: string, partition: number, offset: number, topic = 'topic'): Promise<string> {
    return this.run(
      commitAs(this, { groupId, memberId: '', groupInstanceId: null, generationId: -1 }, topic, partition, offset),
    )
  }

  /** -1: none. */
  async committed(groupId: string, partition: number, topic = 'topic'): Promise<number> {
    const { topics } = await this.run(
      this.groups.fetch({
        groupId,
        topics: [{ topic, partitions: [partition] }],
        requireStable: false,
      }),
    )
    return topics[0]!.partitions[0]!.offset
  }
}

export interface MemberOptions {
  readonly instanceId?: string
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  /** In order of preference. */
  readonly protocols?: readonly string[]
  readonly protocolType?: string
  readonly metadata?: Buffer
  /** The newest that the client speaks. Default 9. */
  readonly joinVersion?: number
}

/** What a client knows of its membership, and what it sends. */
export class GroupMember {
  memberId = ''
  generationId = -1
  leader = ''
  assignment: string | null = null
  options: MemberOptions
  pendingJoin: Promise<JoinAnswer> | null = null
  readonly #world: GroupWorld
  readonly #groupId: string

  constructor(world: GroupWorld, groupId: string, options: MemberOptions) {
    this.#world = world
    this.#groupId = groupId
    this.options = options
  }

  get isLeader(): boolean {
    return this.leader === this.memberId
  }

  get identity() {
    return { memberId: this.memberId, groupInstanceId: this.options.instanceId ?? null }
  }

  /** One JoinGroup, without what clients do about the answer. */
  request(): Promise<JoinAnswer> {
    return this.#world.groups.join(this.#groupId, this.#joining())
  }

  /** Joins as clients do: with the id that it is given. */
  join(): Promise<JoinAnswer> {
    this.pendingJoin = this.#join()
    return this.pendingJoin
  }

  /** Error name. `assignments` by member id. */
  async sync(assignments: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer: SyncAnswer = await this.#world.groups.sync(this.#groupId, {
      ...this.identity,
      generationId: this.generationId,
      protocolType: null,
      protocolName: null,
      assignments: new Map(Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)])),
    })
    if (answer.errorCode === ErrorCode.NONE) this.assignment = answer.assignment.toString()
    return errorName(answer.errorCode)
  }

  async heartbeat(): Promise<string> {
    const { groups } = this.#world
    return errorName(await this.#world.run(groups.heartbeat(this.#groupId, this.identity, this.generationId)))
  }

  async leave(): Promise<string> {
    const { errorCode, members } = await this.#world.run(this.#world.groups.leave(this.#groupId, [this.identity]))
    return errorName(errorCode || members[0]!)
  }

  async commit(partition: number, offset: number, topic = 'topic'): Promise<string> {
    const request = { groupId: this.#groupId, ...this.identity, generationId: this.generationId }
    return this.#world.run(commitAs(this.#world, request, topic, partition, offset))
  }

  async #join(): Promise<JoinAnswer> {
    let answer = await this.request()
    if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.memberId = answer.memberId
      answer = await this.request()
    }
    this.pendingJoin = null
    if (answer.errorCode === ErrorCode.NONE) {
      this.memberId = answer.memberId
      this.generationId = answer.generationId
      this.leader = answer.leader
    }
    return answer
  }

  #joining(): Joining {
    const {
      sessionTimeoutMs = 10_000,
      rebalanceTimeoutMs = 60_000,
      protocols = ['range'],
      joinVersion = 9,
    } = this.options
    const metadata = this.options.metadata ?? Buffer.from('metadata')
    return {
      ...this.identity,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocolType: this.options.protocolType ?? 'consumer',
      protocols: protocols.map(name => ({ name, metadata })),
      mustKnowItsId: joinVersion >= 4,
      canSkipAssignment: joinVersion >= 9,
    }
  }
}

const commitAs = async (
  world: GroupWorld,
  request: { groupId: string; memberId: string; groupInstanceId: string | null; generationId: number },
  topic: string,
  partition: number,
  offset: number,
): Promise<string> => {
  const partitions = [{ partition, offset, leaderEpoch: -1, metadata: '' }]
  const [committed] = await world.groups.commit({ ...request, retentionMs: -1, topics: [{ topic, partitions }] })
  return errorName(committed!.partitions[0]!.errorCode)
}

/** A promise that can be looked at. */
export interface Outcome<Value> {
  value: Value | undefined
}

export const outcomeOf = <Value>(promise: Promise<Value>): Outcome<Value> => {
  const outcome: Outcome<Value> = { value: undefined }
  promise.then(
    value => {
      outcome.value = value
    },
    () => {},
  )
  return outcome
}
