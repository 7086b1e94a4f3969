/** What a client was told a transaction came to. `committing` is one whose end it never heard of: both ends are right. */
export type Fate = 'open' | 'committing' | 'committed' | 'aborted'

/** A transaction as its producer knows it. */
export interface TransactionAttempt {
  readonly id: string
  /** Topic and partition of every record whose write was acknowledged. */
  readonly partitions: string[]
  fate: Fate
}

export const placeOf = (topic: string, partition: number): string => `${topic}-${partition}`

/** What the clients of a run were told, and the contradictions in it. */
export class History {
  /** Values of records whose write was acknowledged, by place and offset. */
  readonly acknowledged = new Map<string, Map<number, string>>()
  readonly transactions: TransactionAttempt[] = []
  /** What was read, by place and offset: every reader must find the same. */
  readonly #read = new Map<string, Map<number, string>>()
  readonly #readByGroup = new Map<string, Set<number>>()
  readonly #committed = new Map<string, { acknowledged: number; tried: number }>()
  readonly #owners = new Map<string, string>()
  readonly #violated: (what: string) => void

  constructor(violated: (what: string) => void) {
    this.#violated = violated
  }

  /** The broker said that records are written from `baseOffset` on. */
  written(place: string, baseOffset: number, values: readonly string[]): void {
    const records = entryOf(this.acknowledged, place)
    values.forEach((value, index) => {
      this.#agree(`acknowledged ${place}`, records, baseOffset + index, value)
    })
  }

  read(place: string, offset: number, value: string, reader?: string): void {
    this.#agree(`read ${place}`, entryOf(this.#read, place), offset, value)
    if (reader === undefined) return
    const key = `${reader} ${place}`
    const offsets = this.#readByGroup.get(key) ?? new Set()
    this.#readByGroup.set(key, offsets.add(offset))
  }

  hasRead(reader: string, place: string, offset: number): boolean {
    return this.#readByGroup.get(`${reader} ${place}`)?.has(offset) ?? false
  }

  /** A member was told that a partition is its own. */
  owns(group: string, generation: number, place: string, memberId: string): void {
    const key = `${group}, generation ${generation}: ${place}`
    const owner = this.#owners.get(key) ?? memberId
    if (owner !== memberId) this.#violated(`${key} belongs to ${owner} and to ${memberId}`)
    this.#owners.set(key, memberId)
  }

  commitTried(group: string, place: string, offset: number): void {
    const commits = this.#commitsOf(group, place)
    commits.tried = Math.max(commits.tried, offset)
  }

  commitAcknowledged(group: string, place: string, offset: number): void {
    const commits = this.#commitsOf(group, place)
    commits.acknowledged = Math.max(commits.acknowledged, offset)
  }

  /** The highest offset of which a commit was acknowledged; -1 when none was. Ask it before the broker is asked. */
  committedFloor(group: string, place: string): number {
    return this.#commitsOf(group, place).acknowledged
  }

  /** The broker said what is committed, asked when `floor` was. */
  commitFetched(group: string, place: string, offset: number, floor: number): void {
    const { tried } = this.#commitsOf(group, place)
    if (offset < floor)
      this.#violated(`the committed offset of ${group} in ${place} went back from ${floor} to ${offset}`)
    if (offset > tried)
      this.#violated(`${group} has committed ${offset} in ${place}, and nobody tried more than ${tried}`)
  }

  transaction(id: string): TransactionAttempt {
    const attempt: TransactionAttempt = { id, partitions: [], fate: 'open' }
    this.transactions.push(attempt)
    return attempt
  }

  #commitsOf(group: string, place: string) {
    const key = `${group} ${place}`
    const commits = this.#committed.get(key) ?? { acknowledged: -1, tried: -1 }
    this.#committed.set(key, commits)
    return commits
  }

  #agree(what: string, records: Map<number, string>, offset: number, value: string): void {
    const known = records.get(offset) ?? value
    if (known !== value) this.#violated(`${what} at ${offset}: ${known}, and then ${value}`)
    records.set(offset, value)
  }
}

const entryOf = (map: Map<string, Map<number, string>>, key: string): Map<number, string> => {
  const entry = map.get(key) ?? new Map<number, string>()
  map.set(key, entry)
  return entry
}
