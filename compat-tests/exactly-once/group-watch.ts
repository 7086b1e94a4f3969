import { pause } from '../../bench/load/coordinator'
import { LoadConnection } from '../../bench/load/load-connection'
import { ErrorCode } from '../../protocol/errors'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { DescribeGroups } from '../../protocol/messages/15-describe-groups'

const OFFSET_FETCH_VERSION = 7
const DESCRIBE_VERSION = 4
const POLL_MS = 100

/** Looks at groups from outside, again and again: where their offsets are, and whether one of them ever went back. */
export class GroupWatch {
  /** What must not have been seen: offsets that went back. */
  readonly complaints: string[] = []
  readonly #groups: readonly string[]
  readonly #address: { readonly host: string; readonly port: number }
  readonly #highest = new Map<string, number>()
  #connection: LoadConnection | null = null
  #isOver = false
  readonly #watching: Promise<void>

  constructor(bootstrap: string, groups: readonly string[]) {
    const [host, port] = bootstrap.split(':') as [string, string]
    this.#address = { host, port: Number(port) }
    this.#groups = groups
    this.#watching = this.#watch()
  }

  /** The highest offsets that a group was seen with, all partitions together. */
  committed(group: string): number {
    return [...this.#highest].reduce((sum, [key, offset]) => (key.startsWith(`${group} `) ? sum + offset : sum), 0)
  }

  /** Resolves when the groups are stable with so many members each; looks about ten times in a second. */
  async stable(members: Readonly<Record<string, number>>): Promise<void> {
    for (;;) {
      const groups = await this.#describe().catch(() => [])
      const isStable = ([group, count]: readonly [string, number]) =>
        groups.some(it => it.groupId === group && it.groupState === 'Stable' && it.members.length === count)
      if (Object.entries(members).every(isStable)) return
      await pause(POLL_MS)
    }
  }

  async close(): Promise<void> {
    this.#isOver = true
    await this.#watching
    this.#connection?.close()
  }

  async #describe() {
    const connection = await LoadConnection.open(this.#address.host, this.#address.port)
    try {
      return (await connection.request(DescribeGroups, DESCRIBE_VERSION, { groups: this.#groups })).groups
    } finally {
      connection.close()
    }
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      try {
        this.#connection ??= await LoadConnection.open(this.#address.host, this.#address.port)
        for (const group of this.#groups) await this.#look(this.#connection, group)
      } catch {
        // The broker is down.
        this.#connection = null
      }
      await pause(POLL_MS)
    }
  }

  async #look(connection: LoadConnection, group: string): Promise<void> {
    const answer = await connection.request(OffsetFetch, OFFSET_FETCH_VERSION, { groupId: group, topics: null })
    if (answer.errorCode !== ErrorCode.NONE) return
    for (const topic of answer.topics) {
      for (const { partitionIndex, committedOffset } of topic.partitions) {
        const key = `${group} ${topic.name}-${partitionIndex}`
        const highest = this.#highest.get(key) ?? -1
        if (committedOffset < highest) this.complaints.push(`${key}: ${highest} was followed by ${committedOffset}`)
        this.#highest.set(key, Math.max(highest, committedOffset))
      }
    }
  }
}
