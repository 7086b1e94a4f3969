/**
 * Incremental fetch sessions (KIP-227): the broker remembers which partitions a fetcher reads, so that a request and its answer
 * name only what changed.
 *
 * Invariants
 * - A session's epoch is the number its next request must carry; it runs 1, 2, ... 2^31-1, 1, ...
 * - At most `slots` sessions exist. One makes room for another only when unused for `evictionMs`, or when it has fewer partitions
 *   and has lived for `evictionMs`.
 * - Partitions that delivered records move to the end of their session, so that byte limits starve none.
 */
import type { Clock } from '../io/clock'
import type { Random } from '../io/random'

/** What a fetcher wants of one partition. Names or ids may be unknown: '' and the zero id. */
export interface FetchTarget {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  /** -1 when the fetcher does not check it. */
  readonly currentLeaderEpoch: number
  readonly fetchOffset: number
  /** Epoch of the last record fetched; -1 when unknown. */
  readonly lastFetchedEpoch: number
  readonly maxBytes: number
}

/** What the fetcher was told last, to leave out what did not change. */
export interface SessionEntry {
  target: FetchTarget
  highWatermark: number
  logStartOffset: number
}

export const FINAL_EPOCH = -1
export const INITIAL_EPOCH = 0
const MAX_EPOCH = 0x7fffffff

export const nextSessionEpoch = (epoch: number): number =>
  epoch < 0 ? FINAL_EPOCH : epoch === MAX_EPOCH ? 1 : epoch + 1

const keyOf = (target: { topic: string; topicId: string; partition: number }, byTopicId: boolean): string =>
  `${byTopicId ? target.topicId : target.topic}/${target.partition}`

export class FetchSession {
  readonly id: number
  /** Whether its requests name topics by id (Fetch 13 and later). One session never mixes both. */
  readonly byTopicId: boolean
  /** Sessions of followers outrank those of consumers when room is short. */
  readonly privileged: boolean
  readonly createdAt: number
  lastUsedAt: number
  epoch = 1
  readonly #entries = new Map<string, SessionEntry>()

  constructor(options: { id: number; byTopicId: boolean; privileged: boolean; now: number }) {
    this.id = options.id
    this.byTopicId = options.byTopicId
    this.privileged = options.privileged
    this.createdAt = options.now
    this.lastUsedAt = options.now
  }

  get size(): number {
    return this.#entries.size
  }

  entries(): IterableIterator<SessionEntry> {
    return this.#entries.values()
  }

  /** Adds a partition, or replaces what is wanted of it. */
  put(target: FetchTarget): SessionEntry {
    const key = keyOf(target, this.byTopicId)
    let entry = this.#entries.get(key)
    if (entry) entry.target = target
    else {
      entry = { target, highWatermark: -1, logStartOffset: -1 }
      this.#entries.set(key, entry)
    }
    return entry
  }

  forget(partition: { topic: string; topicId: string; partition: number }): void {
    this.#entries.delete(keyOf(partition, this.byTopicId))
  }

  /** Puts a partition behind all others. */
  moveToEnd(entry: SessionEntry): void {
    const key = keyOf(entry.target, this.byTopicId)
    this.#entries.delete(key)
    this.#entries.set(key, entry)
  }
}

/** All sessions of a broker; times are monotonic milliseconds. */
export class FetchSessionCache {
  readonly #sessions = new Map<number, FetchSession>()
  readonly #slots: number
  readonly #evictionMs: number
  readonly #clock: Clock
  readonly #random: Random
  #evictions = 0

  constructor(options: { slots: number; evictionMs: number; clock: Clock; random: Random }) {
    this.#slots = options.slots
    this.#evictionMs = options.evictionMs
    this.#clock = options.clock
    this.#random = options.random
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Sessions that had to make room for others. */
  get evictions(): number {
    return this.#evictions
  }

  /** In all sessions together. */
  get partitionCount(): number {
    let count = 0
    for (const session of this.#sessions.values()) count += session.size
    return count
  }

  get(id: number): FetchSession | undefined {
    const session = this.#sessions.get(id)
    if (session) this.#touch(session)
    return session
  }

  remove(id: number): void {
    this.#sessions.delete(id)
  }

  /** A new, empty session meant for `size` partitions, or null when there is no room: the fetcher then goes on without one. */
  create(size: number, options: { byTopicId: boolean; privileged: boolean }): FetchSession | null {
    const now = this.#clock.monotonic()
    if (this.#sessions.size >= this.#slots && !this.#makeRoom(size, options.privileged, now)) return null
    const session = new FetchSession({
      id: this.#newId(),
      now,
      byTopicId: options.byTopicId,
      privileged: options.privileged,
    })
    this.#sessions.set(session.id, session)
    return session
  }

  /** The map is kept in order of use, oldest first, so that the candidate for eviction is found without a search. */
  #touch(session: FetchSession): void {
    session.lastUsedAt = this.#clock.monotonic()
    this.#sessions.delete(session.id)
    this.#sessions.set(session.id, session)
  }

  #makeRoom(size: number, privileged: boolean, now: number): boolean {
    for (const session of this.#sessions.values()) {
      if (now - session.lastUsedAt > this.#evictionMs) return this.#evict(session)
      break
    }
    for (const session of this.#sessions.values()) {
      const outranked = privileged && !session.privileged
      const outgrown =
        privileged === session.privileged && session.size < size && now - session.createdAt > this.#evictionMs
      if (outranked || outgrown) return this.#evict(session)
    }
    return false
  }

  #evict(session: FetchSession): boolean {
    this.#evictions++
    return this.#sessions.delete(session.id)
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.below(MAX_EPOCH)
      if (!this.#sessions.has(id)) return id
    }
  }
}
