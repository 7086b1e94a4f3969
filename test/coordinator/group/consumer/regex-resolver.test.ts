import type { ShardTimers, Transition } from '../../../../src/coordinator/coordinator-shard'
import { nothing } from '../../../../src/coordinator/group/classic-rebalance'
import { RegexResolver } from '../../../../src/coordinator/group/consumer/regex-resolver'
import type { MetadataImage } from '../../../../src/metadata/metadata-image'

type Due = (shard: null, now: number) => Transition<void>

/** Timers that are stepped, and counted, by the test. */
class SteppedTimers implements Pick<ShardTimers<null>, 'set'> {
  turns = 0
  #due: Due | null = null

  set(_key: string, _delayMs: number, operation: Due): void {
    this.#due = operation
  }

  runAll(): void {
    for (let due = this.#due; due !== null; due = this.#due) {
      this.#due = null
      this.turns++
      due(null, 0)
    }
  }
}

const imageOf = (names: readonly string[]) =>
  ({ revision: 7, topics: () => names.map(name => ({ name })) }) as unknown as MetadataImage

/** What patterns match, and how many turns of the event loop it took to find out. */
const resolve = (patterns: readonly string[], topics: readonly string[]) => {
  const timers = new SteppedTimers()
  const resolver = new RegexResolver<null>(timers)
  const matched: Record<string, string[]> = {}
  resolver.resolve('g', patterns, imageOf(topics), 5, resolved => {
    for (const [pattern, { topics: names }] of resolved) matched[pattern] = [...names]
    return nothing
  })
  expect(resolver.isResolving('g')).toBe(true)
  timers.runAll()
  expect(resolver.isResolving('g')).toBe(false)
  return { matched, turns: timers.turns }
}

test('finds the topics of each pattern; what is no pattern matches nothing', () => {
  expect(resolve(['a.', '.b', '('], ['aa', 'ab', 'bb', 'b']).matched).toEqual({
    'a.': ['aa', 'ab'],
    '.b': ['ab', 'bb'],
    '(': [],
  })
})

test('lets others have their turn the more often, the more work the patterns are', () => {
  const topics = Array.from({ length: 1_000 }, (_, at) => `topic-${at}`)
  const { turns: few } = resolve(['topic-1.*'], topics)
  const { turns: many } = resolve(['topic-1.*', 'topic-2.*', 'topic-3.*', 'topic-4.*'], topics)
  const slow = resolve(['.?'.repeat(2_000)], topics.slice(0, 20))
  expect(few).toBeLessThan(20)
  expect(many).toBeGreaterThan(2 * few)
  expect(slow.turns).toBeGreaterThanOrEqual(20)
})
