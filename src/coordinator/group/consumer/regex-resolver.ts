import type { MetadataImage } from '../../../metadata/metadata-image'
import type { ShardTimers, Transition } from '../../coordinator-shard'
import { isProblem } from '../../pattern'
import { nothing } from '../classic-rebalance'
import { compileTopicRegex } from '../topic-regex'
import type { ResolvedRegex } from './subscriptions'

/**
 * Instructions of patterns, times topics, before others get their turn: a few milliseconds of work, and some tens of them where a pattern
 * was made to be slow.
 */
const WORK_PER_TURN = 2_000

/**
 * Finds out which topics patterns match, a slice of the topics in each turn of the event loop, so that neither many topics nor many patterns
 * hold up what else the broker does. Internal topics are topics like any other, as in Kafka.
 */
export class RegexResolver<Shard> {
  readonly #timers: Pick<ShardTimers<Shard>, 'set'>
  readonly #groups = new Set<string>()

  constructor(timers: Pick<ShardTimers<Shard>, 'set'>) {
    this.#timers = timers
  }

  /** Whether the patterns of a group are being looked at. */
  isResolving(groupId: string): boolean {
    return this.#groups.has(groupId)
  }

  /** `done` makes the transition that follows. A pattern that is none matches nothing. */
  resolve(
    groupId: string,
    patterns: Iterable<string>,
    image: MetadataImage,
    now: number,
    done: (resolved: ReadonlyMap<string, ResolvedRegex>) => Transition<void>,
  ): void {
    const searches = Array.from(patterns, pattern => ({
      pattern,
      regex: compileTopicRegex(pattern),
      topics: new Set<string>(),
    }))
    const work = searches.reduce((sum, { regex }) => sum + (isProblem(regex) ? 0 : regex.size), 1)
    const topicsPerTurn = Math.max(1, Math.floor(WORK_PER_TURN / work))
    const remaining = image.topics()[Symbol.iterator]()
    const search = (): Transition<void> => {
      for (let looked = 0; looked < topicsPerTurn; looked++) {
        const next = remaining.next()
        if (next.done) {
          this.#groups.delete(groupId)
          const { revision: version } = image
          return done(new Map(searches.map(({ pattern, topics }) => [pattern, { topics, version, timestamp: now }])))
        }
        const { name } = next.value
        for (const { regex, topics } of searches) if (!isProblem(regex) && regex.matches(name)) topics.add(name)
      }
      this.#timers.set(key(groupId), 0, search)
      return nothing
    }
    this.#groups.add(groupId)
    this.#timers.set(key(groupId), 0, search)
  }
}

const key = (groupId: string): string => `regex ${groupId}`
