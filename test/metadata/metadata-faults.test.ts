import fc from 'fast-check'
import { ErrorCode } from '../../protocol/errors'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import type { MetadataImage } from '../../src/metadata/metadata-image'
import { ZERO_TOPIC_ID } from '../../src/metadata/topic-id'
import { MeddlingStore } from '../support/meddling-store'
import { MetadataCluster, newTopic, type TestMember } from '../support/metadata-cluster'

const NOW = { validateOnly: false }
const SIZES = [1, 5, 126, 127, 200]
const NAMES = ['a', 'b', 'c']

type Action = 'create' | 'delete' | 'grow' | 'alter' | 'end watches' | 'compact'

const action = fc.record({
  action: fc.constantFrom<Action>('create', 'create', 'delete', 'grow', 'alter', 'end watches', 'compact'),
  broker: fc.nat(2),
  name: fc.constantFrom(...NAMES),
  size: fc.constantFrom(...SIZES),
})
type Step = typeof action extends fc.Arbitrary<infer T> ? T : never

interface TroubledMember extends TestMember {
  readonly store: MeddlingStore
}

/** Requests and answers get lost once in a while, as a seed has it. */
const join = async (cluster: MetadataCluster, id: number, random: SeededRandom): Promise<TroubledMember> => {
  const store = new MeddlingStore(cluster.store)
  const member = await cluster.join(id, { store })
  store.fate = () => (['lost request', 'lost answer'] as const)[random.below(20)] ?? 'fine'
  return { ...member, store }
}

const run = async (step: Step, cluster: MetadataCluster, member: TroubledMember): Promise<number> => {
  const { action, name, size } = step
  const { topics, configs, store } = member
  switch (action) {
    case 'create': {
      const [result] = await topics.createTopics([newTopic(name, { partitions: size, replicationFactor: 2 })], NOW)
      return result!.errorCode
    }
    case 'delete':
      return (await topics.deleteTopics([{ name, topicId: ZERO_TOPIC_ID }]))[0]!.errorCode
    case 'grow':
      return (await topics.createPartitions([{ name, count: size, assignments: null }], NOW))[0]!.errorCode
    case 'alter': {
      const overrides = { 'min.insync.replicas': String((size % 2) + 1) }
      return (await configs.alter({ type: 'topic', name }, () => ({ overrides }), NOW)).errorCode
    }
    case 'end watches':
      store.endWatches('UNAVAILABLE')
      return ErrorCode.NONE
    case 'compact': {
      cluster.store.compact((await cluster.store.range(cluster.keys.all, { limit: 1 })).revision)
      return ErrorCode.NONE
    }
  }
}

const EXPECTED: ReadonlySet<number> = new Set([
  ErrorCode.NONE,
  ErrorCode.TOPIC_ALREADY_EXISTS,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.INVALID_PARTITIONS,
  ErrorCode.REQUEST_TIMED_OUT,
])

const plain = (image: MetadataImage) => ({
  brokers: [...image.brokers.values()],
  topics: [...image.topics()].sort((left, right) => (left.name < right.name ? -1 : 1)),
})

/** What holds for every topic that is seen. */
const checkTopics = (image: MetadataImage): void => {
  for (const topic of image.topics()) {
    expect(image.topicById(topic.id)).toBe(topic)
    expect(SIZES).toContain(topic.partitions.length)
    for (const [index, partition] of topic.partitions.entries()) {
      expect(partition).toMatchObject({ partition: index, minIsr: Number(topic.configs['min.insync.replicas'] ?? 1) })
      expect(partition.isr.map(({ id }) => id)).toContain(partition.leader)
      for (const { id, epoch } of partition.isr) expect(image.brokers.get(id)?.epoch).toBe(epoch)
    }
  }
}

describe('the metadata of three brokers that lose requests, answers and watches', () => {
  it('is the same for all in the end, whole, and without anything left over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(action, { maxLength: 4 }), { maxLength: 8 }),
        fc.nat(),
        async (rounds, seed) => {
          const cluster = new MetadataCluster()
          const random = new SeededRandom(seed)
          const members: TroubledMember[] = []
          for (const id of [1, 2, 3]) members.push(await join(cluster, id, random))
          for (const round of rounds) {
            const steps = Promise.all(round.map(step => run(step, cluster, members[step.broker]!)))
            await cluster.timers.advance(2000)
            for (const errorCode of await steps) expect(EXPECTED).toContain(errorCode)
          }
          for (const { store } of members) store.fate = () => 'fine'
          await cluster.timers.advance(5000)

          const fresh = await cluster.cache()
          checkTopics(fresh.current)
          for (const { cache, failures } of members) {
            expect(failures).toEqual([])
            expect(plain(cache.current)).toEqual(plain(fresh.current))
          }
          await Promise.all(members.slice(1).map(member => member.stop()))
          await members[0]!.stop()
          const last = await cluster.join(9)
          await cluster.timers.advance(1000)
          expect([...last.cache.current.unnamedTopicIds()]).toEqual([])
        },
      ),
      { numRuns: 20 },
    )
  })
})
