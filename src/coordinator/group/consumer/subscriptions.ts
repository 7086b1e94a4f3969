import { type ConsumerMember, regexOf } from './consumer-member'

/** The topics that a pattern was found to match. */
export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>
  /** Revision of the metadata that was looked at. */
  readonly version: number
  /** Wall-clock milliseconds. */
  readonly timestamp: number
}

/** What the members of a group are subscribed to, counted, so that nobody has to ask all members. */
export class Subscriptions {
  readonly resolved: Map<string, ResolvedRegex>
  /** How many members name a topic, and how many have a pattern. */
  readonly #names: Map<string, number>
  readonly #regexes: Map<string, number>

  constructor(other?: Subscriptions) {
    this.resolved = new Map(other?.resolved)
    this.#names = new Map(other ? other.#names : [])
    this.#regexes = new Map(other ? other.#regexes : [])
  }

  /** What it would be with `after` in the place of `before`; null: nobody. */
  with(before: ConsumerMember | null, after: ConsumerMember | null): Subscriptions {
    const subscriptions = new Subscriptions(this)
    subscriptions.replace(before, after)
    return subscriptions
  }

  replace(before: ConsumerMember | null, after: ConsumerMember | null): void {
    if (before) this.#count(before, -1)
    if (after) this.#count(after, 1)
  }

  get hasRegexes(): boolean {
    return this.#regexes.size > 0
  }

  /** The patterns that members have. */
  get regexes(): ReadonlySet<string> {
    return new Set(this.#regexes.keys())
  }

  subscribersOf(regex: string): number {
    return this.#regexes.get(regex) ?? 0
  }

  /** Names of all topics that some member is subscribed to. They need not exist. */
  topics(): Set<string> {
    const topics = new Set(this.#names.keys())
    for (const regex of this.#regexes.keys()) for (const topic of this.#topicsOf(regex)) topics.add(topic)
    return topics
  }

  has(topic: string): boolean {
    if (this.#names.has(topic)) return true
    for (const regex of this.#regexes.keys()) if (this.resolved.get(regex)?.topics.has(topic)) return true
    return false
  }

  /** Names of the topics that one member is subscribed to. */
  topicsOf(member: ConsumerMember): ReadonlySet<string> {
    const regex = regexOf(member)
    const matched = regex === null ? NONE : this.#topicsOf(regex)
    if (matched.size === 0) return member.subscribedTopicNames
    if (member.subscribedTopicNames.size === 0) return matched
    return new Set([...member.subscribedTopicNames, ...matched])
  }

  /** Whether all of this many members are subscribed to the same topics. */
  areSame(members: number): boolean {
    if (this.#regexes.size === 0) return [...this.#names.values()].every(count => count === members)
    return this.#names.size === 0 && this.#regexes.values().next().value === members
  }

  #topicsOf(regex: string): ReadonlySet<string> {
    return this.resolved.get(regex)?.topics ?? NONE
  }

  #count(member: ConsumerMember, change: 1 | -1): void {
    for (const topic of member.subscribedTopicNames) add(this.#names, topic, change)
    const regex = regexOf(member)
    if (regex !== null) add(this.#regexes, regex, change)
  }
}

const NONE: ReadonlySet<string> = new Set()

const add = (counts: Map<string, number>, key: string, change: number): void => {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
