import { join } from 'node:path'
import { LmdbMetadataStore } from '../../src/metadata/lmdb-metadata-store'
import { keyRange, MetadataStoreError } from '../../src/metadata/metadata-store'
import { encodePartition, encodeTopic } from '../../src/metadata/metadata-values'
import { MeddlingStore, once } from '../support/meddling-store'
import { MetadataCluster, newTopic, type TestMember, topicRules } from '../support/metadata-cluster'
import { put, write } from '../support/metadata-store-contract'
import { temporaryDirectory } from '../support/temporary-directory'

const NOW = { validateOnly: false }

describe('a member of a cluster', () => {
  let cluster: MetadataCluster

  beforeEach(() => {
    cluster = new MetadataCluster()
  })

  const createTopic = async (broker: TestMember, ...args: Parameters<typeof newTopic>) => {
    const [result] = await broker.topics.createTopics([newTopic(...args)], NOW)
    expect(result).toMatchObject({ errorCode: 0 })
  }
  /** Leaders with their broker epochs and leader epochs, ISR and ELR of a topic in short. */
  const leaders = ({ cache }: TestMember, topic: string): string[] =>
    cache.current.topic(topic)!.partitions.map(({ leader, leaderBrokerEpoch, leaderEpoch, isr, elr }) => {
      const list = (replicas: typeof isr) => replicas.map(({ id }) => id).join()
      return `${leader}@${leaderBrokerEpoch} ${leaderEpoch} isr ${list(isr)} elr ${list(elr)}`
    })

  describe('that joins', () => {
    it('is registered, sees itself, and is the controller when there is none', async () => {
      const broker = await cluster.join(1)
      const { current } = broker.cache
      expect(current.brokers.get(1)).toMatchObject({
        id: 1,
        epoch: broker.member.self.epoch,
        state: 'running',
        endpoints: [{ listenerName: 'PLAINTEXT', host: 'localhost', port: 9001 }],
      })
      expect(current.controller).toMatchObject({ id: 1, brokerEpoch: broker.member.self.epoch })
      expect(current.controller!.epoch).toBeGreaterThan(broker.member.self.epoch)
    })

    it('leaves the controller alone that is there', async () => {
      const [first, second] = [await cluster.join(1), await cluster.join(2)]
      await cluster.timers.settle()
      for (const { cache } of [first, second]) {
        expect([cache.current.controllerId, [...cache.current.brokers.keys()]]).toEqual([1, [1, 2]])
      }
    })

    it('has a higher epoch every time', async () => {
      const epochs: number[] = []
      for (let run = 0; run < 3; run++) {
        const broker = await cluster.join(1)
        epochs.push(broker.member.self.epoch)
        await broker.stop()
      }
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
      expect(new Set(epochs).size).toBe(3)
    })

    it('waits for an earlier registration of its id to end', async () => {
      const earlier = await cluster.join(1)
      let hasJoined = false
      const joining = cluster.join(1).then(broker => {
        hasJoined = true
        return broker
      })
      await cluster.timers.advance(10_000)
      expect(hasJoined).toBe(false)
      await earlier.stop()
      const { member } = await joining
      expect(member.self.epoch).toBeGreaterThan(earlier.member.self.epoch)
    })

    it.each(['lost request', 'lost answer'] as const)('is registered once in spite of a %s', async fate => {
      const meddling = new MeddlingStore(cluster.store)
      meddling.fate = once('/brokers/', fate)
      const { cache, member } = await cluster.join(1, { store: meddling })
      expect(cache.current.brokers.get(1)?.epoch).toBe(member.self.epoch)
      await cluster.timers.advance(60_000)
      expect(cache.current.brokers.get(1)?.epoch).toBe(member.self.epoch)
    })

    it('adopts an election whose answer got lost', async () => {
      const meddling = new MeddlingStore(cluster.store)
      meddling.fate = once('/controller', 'lost answer')
      const { cache } = await cluster.join(1, { store: meddling })
      expect(cache.current.controllerId).toBe(1)
    })

    it('is elected again when the request got lost', async () => {
      const meddling = new MeddlingStore(cluster.store)
      meddling.fate = once('/controller', 'lost request')
      const joining = cluster.join(1, { store: meddling })
      await cluster.timers.advance(1000)
      expect((await joining).cache.current.controllerId).toBe(1)
    })
  })

  describe('that stays', () => {
    it('keeps its registration alive, and knows how long it can be sure of it', async () => {
      const { cache, member } = await cluster.join(1)
      const deadlines = [member.deadline]
      for (let round = 0; round < 5; round++) {
        await cluster.timers.advance(3000)
        deadlines.push(member.deadline)
      }
      expect(cache.current.brokers.get(1)?.epoch).toBe(member.self.epoch)
      expect(deadlines).toEqual([0, 1, 2, 3, 4, 5].map(round => round * 3000 + 2700))
    })

    it('cannot be sure any longer while the store does not answer, and is again afterwards', async () => {
      const meddling = new MeddlingStore(cluster.store)
      const { member } = await cluster.join(1, { store: meddling })
      meddling.keepAliveFailure = new MetadataStoreError('UNAVAILABLE', 'not now')
      await cluster.timers.advance(2000)
      expect(member.deadline).toBe(2700)
      meddling.keepAliveFailure = null
      await cluster.timers.advance(300)
      expect(member.deadline).toBeGreaterThan(2000 + 2700)
    })

    it('is told once when its registration was lost', async () => {
      let losses = 0
      const meddling = new MeddlingStore(cluster.store)
      const watcher = await cluster.join(2)
      await cluster.join(1, { store: meddling, onLost: () => losses++ })
      meddling.keepAliveFailure = new MetadataStoreError('UNAVAILABLE', 'cut off')
      await cluster.timers.advance(3000)
      expect([watcher.cache.current.brokers.has(1), losses]).toEqual([false, 0])
      meddling.keepAliveFailure = null
      await cluster.timers.advance(10_000)
      expect(losses).toBe(1)
    })
  })

  describe('that leaves', () => {
    it('is gone at once, and the next one becomes controller', async () => {
      const [first, second] = [await cluster.join(1), await cluster.join(2)]
      await first.stop()
      await cluster.timers.settle()
      const { current } = second.cache
      expect([current.controllerId, [...current.brokers.keys()]]).toEqual([2, [2]])
      expect(current.controller?.brokerEpoch).toBe(second.member.self.epoch)
    })

    it('hands its partitions over to brokers that live', async () => {
      const [first, second] = [await cluster.join(1), await cluster.join(2)]
      await createTopic(first, 't', {
        assignments: [
          { partition: 0, replicas: [1, 2] },
          { partition: 1, replicas: [2, 1] },
        ],
      })
      const epoch = second.member.self.epoch
      await first.stop()
      await cluster.timers.settle()
      expect(leaders(second, 't')).toEqual([`2@${epoch} 1 isr 2 elr `, `2@${epoch} 0 isr 2 elr `])
    })

    it('leaves no timers behind', async () => {
      const broker = await cluster.join(1)
      await broker.stop()
      await cluster.timers.advance(1000)
      expect(cluster.timers.pendingCount).toBe(0)
    })
  })

  describe('that is the only one', () => {
    it('leads its partitions again after a restart, in a new leader epoch', async () => {
      const before = await cluster.join(1)
      await createTopic(before, 't', { partitions: 300 })
      await before.stop()
      const after = await cluster.join(1)
      const { epoch } = after.member.self
      expect(new Set(leaders(after, 't'))).toEqual(new Set([`1@${epoch} 1 isr 1 elr `]))
    })

    it('takes its place back at once when its process was killed', async () => {
      const path = join(temporaryDirectory(), 'metadata.lmdb')
      const open = () => LmdbMetadataStore.open(path, { timers: cluster.timers })
      const killed = await open()
      const before = await cluster.join(1, { store: killed })
      await createTopic(before, 't')
      await killed.close()

      const store = await open()
      const after = await cluster.join(1, { store })
      expect(after.member.self.epoch).toBeGreaterThan(before.member.self.epoch)
      expect(after.cache.current.controllerId).toBe(1)
      expect(leaders(after, 't')).toEqual([`1@${after.member.self.epoch} 1 isr 1 elr `])
      await store.close()
    })

    it('leads them also after an unclean start: there is no other copy', async () => {
      const before = await cluster.join(1)
      await createTopic(before, 't')
      await before.stop()
      const after = await cluster.join(1, { safeSince: null })
      expect(leaders(after, 't')).toEqual([`1@${after.member.self.epoch} 1 isr 1 elr `])
    })
  })

  describe('that is the controller', () => {
    it('spreads a change of min.insync.replicas over the partitions of the topic', async () => {
      const broker = await cluster.join(1)
      await cluster.join(2)
      await createTopic(broker, 't', { partitions: 3, replicationFactor: 2 })
      await createTopic(broker, 'u', { partitions: 1, replicationFactor: 2 })
      await broker.configs.alter(
        { type: 'topic', name: 't' },
        () => ({ overrides: { 'min.insync.replicas': '5' } }),
        NOW,
      )
      await cluster.timers.settle()
      const minIsrOf = (topic: string) => broker.cache.current.topic(topic)!.partitions.map(({ minIsr }) => minIsr)
      expect([minIsrOf('t'), minIsrOf('u')]).toEqual([[2, 2, 2], [1]])
    })

    it('spreads a change of the default for all brokers', async () => {
      let minimum = 1
      const rules = {
        validate: () => null,
        minInsyncReplicas: () => minimum,
        defaultPartitions: 1,
        defaultReplicationFactor: 2,
      }
      const broker = await cluster.join(1, { rules })
      await cluster.join(2, { rules })
      await createTopic(broker, 't')
      minimum = 2
      const overrides = { 'min.insync.replicas': '2' }
      await broker.configs.alter({ type: 'broker', name: '' }, () => ({ overrides }), NOW)
      await cluster.timers.settle()
      expect(broker.cache.current.partition('t', 0)?.minIsr).toBe(2)
    })

    it('misses no change, however soon it comes after another one', async () => {
      const [broker] = [await cluster.join(1), await cluster.join(2)]
      await createTopic(broker, 't', { replicationFactor: 2 })
      for (let delay = 0; delay < 60; delay++) {
        const changes: Promise<unknown>[] = []
        for (const minimum of ['2', '1']) {
          const overrides = { 'min.insync.replicas': minimum }
          changes.push(broker.configs.alter({ type: 'topic', name: 't' }, () => ({ overrides }), NOW))
          for (let turn = 0; turn < delay; turn++) await null
        }
        await Promise.all(changes)
        await cluster.timers.settle()
        const { configs, partitions } = broker.cache.current.topic('t')!
        expect([delay, partitions[0]?.minIsr]).toEqual([delay, Number(configs['min.insync.replicas'])])
      }
    })

    it('works its change out again when someone else was faster', async () => {
      const meddling = new MeddlingStore(cluster.store)
      const broker = await cluster.join(1, { store: meddling })
      await createTopic(broker, 't', { partitions: 2 })
      const topicId = broker.cache.current.topic('t')!.id
      const [first] = broker.cache.current.topic('t')!.partitions
      const key = cluster.keys.partition(topicId, 0)
      // The leader of the partition writes just before the controller does.
      let isOver = false
      meddling.fate = ({ success }) => {
        if (!isOver && success.some(operation => operation.type === 'put' && operation.key === key)) {
          isOver = true
          void write(cluster.store, put(key, encodePartition({ ...first!, partitionEpoch: 41, recovering: true })))
        }
        return 'fine'
      }
      await broker.stop()
      const next = await cluster.join(1, { store: meddling })
      expect(next.cache.current.partition('t', 0)).toMatchObject({
        leaderEpoch: 1,
        partitionEpoch: 42,
        recovering: true,
      })
      expect(next.cache.current.partition('t', 1)).toMatchObject({ leaderEpoch: 1, partitionEpoch: 1 })
    })

    it('goes on when the store has failed for a while', async () => {
      const meddling = new MeddlingStore(cluster.store)
      const [broker, other] = [await cluster.join(1, { store: meddling }), await cluster.join(2)]
      await createTopic(broker, 't', { assignments: [{ partition: 0, replicas: [2, 1] }] })
      meddling.fate = once('/parts/', 'lost request')
      await other.stop()
      await cluster.timers.settle()
      expect(broker.cache.current.partition('t', 0)?.leader).toBe(2)
      await cluster.timers.advance(1000)
      expect(broker.cache.current.partition('t', 0)?.leader).toBe(1)
    })

    it('changes nothing any more when it was replaced just before its write', async () => {
      let minimum = 1
      const meddling = new MeddlingStore(cluster.store)
      await cluster.join(1, { store: meddling, rules: { ...topicRules, minInsyncReplicas: () => minimum } })
      const [heir, other] = [await cluster.join(2), await cluster.join(3)]
      await createTopic(heir, 't', { assignments: [{ partition: 0, replicas: [3, 2] }] })
      const { keyValues } = await cluster.store.range(keyRange(cluster.keys.broker(1)))
      meddling.fate = ({ success }) => {
        const isWrite = success.some(operation => operation.type === 'put' && operation.key.includes('/parts/'))
        if (isWrite) void cluster.store.revokeLease(keyValues[0]!.leaseId!)
        return 'fine'
      }
      // What the old controller would write differs from what its heir writes.
      minimum = 2
      await other.stop()
      await cluster.timers.settle()
      expect(heir.cache.current.controllerId).toBe(2)
      expect(heir.cache.current.partition('t', 0)).toMatchObject({ leader: 2, minIsr: 1, partitionEpoch: 1 })
    })

    it('removes what a dead broker left of unfinished topics, and only that', async () => {
      const { keys, store } = cluster
      const broker = await cluster.join(1)
      await createTopic(broker, 'kept')
      const state = broker.cache.current.partition('kept', 0)!
      const other = await cluster.join(2)
      const left = (topicId: string, topicState: 'creating' | 'deleting', creator: { id: number; epoch: number }) => [
        put(
          keys.topic(topicId),
          encodeTopic({ name: topicId, state: topicState, partitionCount: 1, configs: {}, creator }),
        ),
        put(keys.partition(topicId, 0), encodePartition(state)),
      ]
      await write(
        store,
        ...left('dead', 'creating', { id: 2, epoch: 1 }),
        ...left('half', 'deleting', broker.member.self),
      )
      await write(
        store,
        ...left('atWork', 'creating', broker.member.self),
        ...left('willDie', 'creating', other.member.self),
      )
      await other.stop()
      await cluster.timers.settle()
      const { keyValues } = await store.range(keys.topics)
      expect(keyValues.map(({ key }) => key.slice(keys.topics.start.length)).sort()).toEqual(
        ['atWork', broker.cache.current.topic('kept')!.id].sort(),
      )
      expect([...broker.cache.current.unnamedTopicIds()]).toEqual(['atWork'])
    })
  })
})
