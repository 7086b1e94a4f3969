import { AssignmentDraft, type DraftTopic, NOBODY } from './assignment-draft'
import type { ServerAssignor } from './server-assignor'

/**
 * Balanced first, sticky second (Kafka's UniformAssignor): members keep what they have, free partitions go to those with the fewest, and
 * then single partitions move from the most to the least loaded while that makes a difference. With equal subscriptions the numbers of any
 * two members differ by at most one in the end, and nothing moves that need not. With different subscriptions no single move within a topic
 * would be an improvement; chains of moves through several topics are not looked for. Racks do not matter, as in Kafka 4.3.
 */
export const uniformAssignor: ServerAssignor = {
  name: 'uniform',
  assign(group, topics) {
    const draft = new AssignmentDraft(group, topics)
    const pools = poolsOf(draft, group.homogeneous)
    for (const pool of pools) fill(draft, pool)
    balance(draft, pools)
    return draft.finish()
  },
}

/** Topics of the same subscribers, which are balanced as one. */
interface Pool {
  readonly topics: readonly DraftTopic[]
  readonly subscribers: readonly number[]
}

interface PoolPartition {
  readonly topic: DraftTopic
  readonly partition: number
}

/**
 * Rounds over all pools at most. Only subscriptions that overlap in long chains need more than a few; each round about halves what is left,
 * and what is left after the last one is tolerable (Kafka stops at the same number).
 */
const MAX_ROUNDS = 16

const poolsOf = ({ topics }: AssignmentDraft, homogeneous: boolean): Pool[] => {
  if (homogeneous) return topics.length === 0 ? [] : [{ topics, subscribers: topics[0]!.subscribers }]
  return topics.map(topic => ({ topics: [topic], subscribers: topic.subscribers }))
}

/** Gives away the free partitions of a pool: each member's share in one piece. */
const fill = (draft: AssignmentDraft, { topics, subscribers }: Pool): void => {
  const free = topics.flatMap(freePartitions)
  if (free.length === 0) return
  const shares = evenShares(draft.loads, subscribers, free.length)
  let next = 0
  subscribers.forEach((member, at) => {
    for (const end = next + shares[at]!; next < end; next++) {
      const { topic, partition } = free[next]!
      draft.give(topic, partition, member)
    }
  })
}

const freePartitions = (topic: DraftTopic): PoolPartition[] => {
  const free: PoolPartition[] = []
  topic.owners.forEach((owner, partition) => {
    if (owner === NOBODY) free.push({ topic, partition })
  })
  return free
}

/** How much each subscriber gets of `count` so that those with the least come up to one level; one above it for the first of them. */
const evenShares = (loads: Int32Array, subscribers: readonly number[], count: number): Int32Array => {
  const order = subscribers.map((_, at) => at).sort((a, b) => loads[subscribers[a]!]! - loads[subscribers[b]!]!)
  const loadAt = (at: number): number => loads[subscribers[order[at]!]!]!
  let raised = 1
  let missing = 0
  while (raised < order.length && missing + raised * (loadAt(raised) - loadAt(raised - 1)) <= count) {
    missing += raised * (loadAt(raised) - loadAt(raised - 1))
    raised++
  }
  const level = loadAt(raised - 1) + Math.floor((count - missing) / raised)
  let extras = (count - missing) % raised
  const shares = new Int32Array(subscribers.length)
  for (const at of order.slice(0, raised).sort((a, b) => a - b)) {
    shares[at] = level - loads[subscribers[at]!]! + (extras-- > 0 ? 1 : 0)
  }
  return shares
}

/** Goes round the pools until none has anything to move. */
const balance = (draft: AssignmentDraft, pools: readonly Pool[]): void => {
  let still = 0
  for (let turn = 0; still < pools.length && turn < MAX_ROUNDS * pools.length; turn++) {
    still = balancePool(draft, pools[turn % pools.length]!) ? 1 : still + 1
  }
}

/** Moves partitions between the subscribers of a pool while two of them differ by more than one; tells whether it moved any. */
const balancePool = (draft: AssignmentDraft, { topics, subscribers }: Pool): boolean => {
  if (spread(draft.loads, subscribers) <= 1) return false
  const holdings = holdingsOf(topics)
  let moved = false
  for (;;) {
    const [giver, taker] = extremes(draft.loads, subscribers, holdings)
    if (giver === NOBODY || draft.loads[giver]! - draft.loads[taker]! <= 1) return moved
    const { topic, partition } = holdings.get(giver)!.pop()!
    draft.give(topic, partition, taker)
    moved = true
  }
}

const spread = (loads: Int32Array, subscribers: readonly number[]): number => {
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (const member of subscribers) {
    least = Math.min(least, loads[member]!)
    most = Math.max(most, loads[member]!)
  }
  return most - least
}

/** What each member has of a pool, in order. */
const holdingsOf = (topics: readonly DraftTopic[]): Map<number, PoolPartition[]> => {
  const holdings = new Map<number, PoolPartition[]>()
  for (const topic of topics) {
    topic.owners.forEach((owner, partition) => {
      const held = holdings.get(owner)
      if (held === undefined) holdings.set(owner, [{ topic, partition }])
      else held.push({ topic, partition })
    })
  }
  return holdings
}

/** The most loaded subscriber that has something to give, or `NOBODY`, and the least loaded one; the first of several. */
const extremes = (
  loads: Int32Array,
  subscribers: readonly number[],
  holdings: ReadonlyMap<number, readonly PoolPartition[]>,
): [giver: number, taker: number] => {
  let giver = NOBODY
  let taker = subscribers[0]!
  for (const member of subscribers) {
    if (loads[member]! < loads[taker]!) taker = member
    if ((giver === NOBODY || loads[member]! > loads[giver]!) && (holdings.get(member)?.length ?? 0) > 0) giver = member
  }
  return [giver, taker]
}
