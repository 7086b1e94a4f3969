import fc from 'fast-check'
import type { MetadataCache } from '../../src/metadata/metadata-cache'
import type { MetadataDelta, MetadataImage } from '../../src/metadata/metadata-image'
import { keyRange, type MetadataStore, MetadataStoreError, type WatchEvent } from '../../src/metadata/metadata-store'
import {
  encodeBroker,
  encodeController,
  encodeOverrides,
  encodePartition,
  encodeTopic,
  encodeTopicName,
} from '../../src/metadata/metadata-values'
import { newPartition } from '../../src/metadata/partition-state'
import { MeddlingStore } from '../support/meddling-store'
import { MetadataCluster } from '../support/metadata-cluster'
import { codeOf, put, remove, write } from '../support/metadata-store-contract'

const state = newPartition([1], new Map([[1, { epoch: 2, safeSince: 2 }]]), 1)

/** The operations that make a topic. */
const topic = ({ keys }: MetadataCluster, name: string, topicId: string, partitions = 1, configs = {}) => [
  put(
    keys.topic(topicId),
    encodeTopic({ name, state: 'live', partitionCount: partitions, configs, creator: { id: 1, epoch: 2 } }),
  ),
  ...Array.from({ length: partitions }, (_, index) => put(keys.partition(topicId, index), encodePartition(state))),
  put(keys.topicName(name), encodeTopicName(topicId)),
]

const broker = encodeBroker({
  incarnation: 'run',
  endpoints: [{ listenerName: 'L', securityProtocol: 'PLAINTEXT', host: 'h', port: 1 }],
  rack: 'r',
  state: 'running',
  safeSince: null,
})

/** An image as plain data. */
const plain = (image: MetadataImage) => ({
  controller: image.controller,
  brokers: [...image.brokers.values()],
  topics: [...image.topics()].sort((left, right) => (left.name < right.name ? -1 : 1)),
  unnamed: [...image.unnamedTopicIds()].sort(),
  brokerDefaults: image.overrides({ type: 'broker', name: '' }),
})

describe('the metadata cache', () => {
  let cluster: MetadataCluster
  let deltas: MetadataDelta[]

  beforeEach(() => {
    cluster = new MetadataCluster()
    deltas = []
  })

  const follow = async (store: MetadataStore = cluster.store): Promise<MetadataCache> => {
    const cache = await cluster.cache(store)
    cache.onChange((image, delta) => {
      expect(image).toBe(cache.current)
      deltas.push(delta)
    })
    return cache
  }
  /** The deltas so far: names with what happened to them. */
  const changes = () =>
    deltas.map(({ topics }) =>
      topics
        .map(({ before, after }) => (after === null ? `-${before!.name}` : `${before ? '~' : '+'}${after.name}`))
        .join(),
    )

  it('begins with what the store holds', async () => {
    const { keys, store } = cluster
    await write(store, put(keys.broker(1), broker), put(keys.controller, encodeController({ id: 1, brokerEpoch: 2 })))
    await write(store, ...topic(cluster, 'orders', 'id-orders', 3, { 'retention.ms': '5' }))
    const revision = await write(store, put(keys.config('broker', ''), encodeOverrides({ 'min.insync.replicas': '2' })))
    const { current } = await follow()
    expect(current).toMatchObject({ revision, clusterId: 'test-cluster', controllerId: 1, topicCount: 1 })
    expect(plain(current)).toMatchObject({
      controller: { id: 1, brokerEpoch: 2, epoch: 2 },
      brokers: [
        { id: 1, epoch: 2, safeSince: 2, incarnation: 'run', rack: 'r', state: 'running', endpoints: [{ port: 1 }] },
      ],
      topics: [{ name: 'orders', id: 'id-orders', configs: { 'retention.ms': '5' } }],
      brokerDefaults: { 'min.insync.replicas': '2' },
    })
    expect(current.topicById('id-orders')).toBe(current.topic('orders'))
    expect(current.partition('orders', 2)).toEqual({ ...state, partition: 2, modRevision: 3 })
    expect(current.partition('orders', 3)).toBeUndefined()
    expect(current.overrides({ type: 'topic', name: 'orders' })).toEqual({ 'retention.ms': '5' })
    expect([...current.configuredNames('topic'), ...current.configuredNames('broker')]).toEqual(['orders', ''])
  })

  it('lists more than fits into one answer', async () => {
    for (let page = 0; page < 25; page++) await write(cluster.store, ...topic(cluster, `t${page}`, `id${page}`, 120))
    const { current } = await follow()
    expect([...current.topics()].map(({ partitions }) => partitions.length)).toEqual(Array(25).fill(120))
  })

  it('follows every change, and shares what did not change', async () => {
    const cache = await follow()
    await write(cluster.store, ...topic(cluster, 'a', 'id-a', 2))
    await cache.reached(await write(cluster.store, ...topic(cluster, 'b', 'id-b')))
    const before = cache.current
    const changed = encodePartition({ ...state, partitionEpoch: 1 })
    await cache.reached(await write(cluster.store, put(cluster.keys.partition('id-a', 1), changed)))
    const after = cache.current
    expect(changes()).toEqual(['+a', '+b', '~a'])
    expect(after.topic('b')).toBe(before.topic('b'))
    expect(after.partition('a', 0)).toBe(before.partition('a', 0))
    expect([before.partition('a', 1)?.partitionEpoch, after.partition('a', 1)?.partitionEpoch]).toEqual([0, 1])
  })

  it('shows a topic only while it has a name, and of its partitions only those it counts', async () => {
    const { keys, store } = cluster
    const cache = await follow()
    const [value, ...parts] = topic(cluster, 'a', 'id-a', 3).slice(0, -1)
    await write(store, value!)
    await cache.reached(await write(store, ...parts))
    expect([cache.current.topicById('id-a'), [...cache.current.unnamedTopicIds()]]).toEqual([undefined, ['id-a']])
    await cache.reached(await write(store, put(keys.topicName('a'), encodeTopicName('id-a'))))
    await cache.reached(await write(store, put(keys.partition('id-a', 3), encodePartition(state))))
    expect(cache.current.topic('a')?.partitions).toHaveLength(3)
    await cache.reached(await write(store, topic(cluster, 'a', 'id-a', 4)[0]!))
    expect(cache.current.topic('a')?.partitions).toHaveLength(4)
    await cache.reached(await write(store, remove(keyRange(keys.topicName('a')))))
    expect([cache.current.topic('a'), cache.current.topicCount]).toEqual([undefined, 0])
    await cache.reached(await write(store, remove(keys.partitions('id-a')), remove(keyRange(keys.topic('id-a')))))
    expect([...cache.current.unnamedTopicIds()]).toEqual([])
    expect(changes()).toEqual(['+a', '~a', '-a'])
  })

  it('names a topic that differs only in dots and underscores', async () => {
    const cache = await follow()
    await cache.reached(await write(cluster.store, ...topic(cluster, 'a.b_c', '1'), ...topic(cluster, 'a-b', '2')))
    const collidingName = (name: string) => cache.current.collidingTopic(name)?.name
    expect(['a_b.c', 'a.b.c', 'a.b_c', 'a_b', 'a-b'].map(collidingName)).toEqual(['a.b_c', 'a.b_c', ...Array(3)])
    await cache.reached(await write(cluster.store, remove(keyRange(cluster.keys.topicName('a.b_c')))))
    expect(collidingName('a_b.c')).toBeUndefined()
  })

  it('tells of brokers, the controller and settings that changed', async () => {
    const { keys, store } = cluster
    const cache = await follow()
    await write(store, put(keys.broker(1), broker))
    await write(store, put(keys.controller, encodeController({ id: 1, brokerEpoch: 2 })))
    await write(store, put(keys.config('group', 'grün/1'), encodeOverrides({ a: '1' })))
    await write(store, ...topic(cluster, 't', 'id-t'))
    await write(store, topic(cluster, 't', 'id-t', 1, { a: '1' })[0]!)
    await write(store, remove(keyRange(keys.config('group', 'grün/1'))), remove(keyRange(keys.controller)))
    await cache.reached(await write(store, remove(keyRange(keys.broker(1)))))
    expect(
      deltas.map(({ brokers, controllerChanged, configs }) => [
        ...brokers.map(({ before, after }) => `${before?.id ?? ''}>${after?.id ?? ''}`),
        ...(controllerChanged ? ['controller'] : []),
        ...configs.map(({ type, name }) => `${type} ${name}`),
      ]),
    ).toEqual([['>1'], ['controller'], ['group grün/1'], [], ['topic t'], ['controller', 'group grün/1'], ['1>']])
    expect(cache.current.controller).toBeNull()
  })

  it('does not call listeners for what they do not see, or after they left', async () => {
    const cache = await follow()
    const leave = cache.onChange(() => deltas.push(deltas[0]!))
    leave()
    await cache.reached(await write(cluster.store, put(cluster.keys.producerIds, 'anything')))
    await cache.reached(await write(cluster.store, put('/another/cluster', 'anything')))
    expect(deltas).toEqual([])
  })

  it('makes the same image of the events of a revision in any order', async () => {
    const { keys, store } = cluster
    await write(store, ...topic(cluster, 'old', 'id-old', 3), put(keys.broker(1), broker))
    const success = [
      remove(keyRange(keys.topicName('old'))),
      remove(keys.partitions('id-old')),
      ...topic(cluster, 'new', 'id-new', 3),
      ...topic(cluster, 'n_w', 'id-n_w', 1),
      remove(keyRange(keys.broker(1))),
      put(keys.broker(2), broker),
      put(keys.config('broker', '2'), encodeOverrides({ a: '1' })),
    ]
    const start = await store.range(keys.all)
    const revision = await write(store, ...success)
    const events = await eventsOf(store, revision)
    const expected = plain((await cluster.cache()).current)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...events], { minLength: events.length }), async shuffled => {
        const cache = await cluster.cache(scripted(start, [[revision, shuffled]]))
        await cache.reached(revision)
        expect(plain(cache.current)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('passes over revisions that it has already', async () => {
    const { store, keys } = cluster
    const one = await write(store, ...topic(cluster, 'a', 'id-a'))
    const two = await write(store, remove(keyRange(keys.topicName('a'))))
    const start = await store.range(keys.all)
    const three = await write(store, ...topic(cluster, 'b', 'id-b'))
    const steps = [one, two, three, two, one, three].map(async n => [n, await eventsOf(store, n)] as const)
    const cache = await cluster.cache(scripted(start, await Promise.all(steps)))
    await cache.reached(three)
    await cluster.timers.settle()
    expect(plain(cache.current)).toEqual(plain((await cluster.cache()).current))
  })

  it('resumes a watch that ended where it ended', async () => {
    const meddler = new MeddlingStore(cluster.store)
    const cache = await follow(meddler)
    await cache.reached(await write(cluster.store, ...topic(cluster, 'a', 'id-a')))
    meddler.endWatches('UNAVAILABLE')
    const reached = cache.reached(await write(cluster.store, ...topic(cluster, 'b', 'id-b')))
    await cluster.timers.advance(1000)
    await reached
    expect(changes()).toEqual(['+a', '+b'])
  })

  it('lists again after a compaction, and tells of what is gone as if it had seen it', async () => {
    const { keys, store } = cluster
    const meddler = new MeddlingStore(store)
    await write(store, put(keys.broker(1), broker), put(keys.config('group', 'g/1'), encodeOverrides({ a: '1' })))
    for (const name of ['gone', 'kept', 'grown', 'again']) await write(store, ...topic(cluster, name, `id-${name}`, 2))
    const cache = await follow(meddler)
    const before = cache.current
    meddler.isDeaf = true
    await write(store, remove(keyRange(keys.topicName('gone'))), remove(keyRange(keys.topic('id-gone'))))
    await write(store, remove(keys.partitions('id-gone')), remove(keyRange(keys.broker(1))))
    await write(store, remove(keyRange(keys.config('group', 'g/1'))), remove(keyRange(keys.topicName('again'))))
    await write(
      store,
      put(keys.partition('id-grown', 2), encodePartition(state)),
      topic(cluster, 'grown', 'id-grown', 3)[0]!,
    )
    const last = await write(store, ...topic(cluster, 'new', 'id-new'), ...topic(cluster, 'again', 'id-again-2'))
    await cluster.timers.settle()
    store.compact(last)
    meddler.isDeaf = false
    meddler.endWatches('COMPACTED')
    await cache.reached(last)

    expect(plain(cache.current)).toEqual(plain((await cluster.cache()).current))
    expect(changes().map(names => names.split(',').sort())).toEqual([['+again', '+new', '-again', '-gone', '~grown']])
    expect(deltas[0]!.brokers).toEqual([{ before: before.brokers.get(1), after: null }])
    expect(deltas[0]!.configs).toEqual([{ type: 'group', name: 'g/1' }])
    expect(cache.current.topic('kept')).toBe(before.topic('kept'))
    expect(cache.current.partition('grown', 0)).toBe(before.partition('grown', 0))
    await cache.reached(await write(store, ...topic(cluster, 'later', 'id-later')))
    expect(changes()[1]).toBe('+later')
  })

  it('tries again when it cannot list', async () => {
    const meddler = new MeddlingStore(cluster.store)
    const cache = await follow(meddler)
    meddler.isDeaf = true
    const revision = await write(cluster.store, ...topic(cluster, 'a', 'id-a'))
    await cluster.timers.settle()
    meddler.isDeaf = false
    meddler.rangeFailure = new MetadataStoreError('UNAVAILABLE', 'not now')
    meddler.endWatches('COMPACTED')
    await cluster.timers.advance(1000)
    expect(cache.current.topicCount).toBe(0)
    meddler.rangeFailure = null
    await cluster.timers.advance(1000)
    await cache.reached(revision)
    expect(changes()).toEqual(['+a'])
  })

  it('resolves a wait for a revision after the listeners were called', async () => {
    const cache = await follow()
    const revision = await write(cluster.store, ...topic(cluster, 'a', 'id-a'))
    await cache.reached(revision)
    expect(deltas).toHaveLength(1)
    await cache.reached(1)
  })

  it('rejects waits when it is closed', async () => {
    const cache = await follow()
    const waiting = cache.reached(1000)
    cache.close()
    expect([await codeOf(waiting), await codeOf(cache.reached(1000))]).toEqual(['CLOSED', 'CLOSED'])
  })

  it('refuses to begin with a value of an unknown format', async () => {
    await write(cluster.store, put(cluster.keys.broker(1), '{"format":2}'))
    await expect(cluster.cache()).rejects.toThrow(
      'the metadata store holds an unreadable value at /odradek/test-cluster/brokers/1: it has format 2, this version reads format 1',
    )
  })

  it('reports a value that it cannot read, and stops', async () => {
    const failures: string[] = []
    const cache = await cluster.cache(cluster.store, error => failures.push(error.name))
    const revision = await write(cluster.store, put(cluster.keys.broker(1), 'no json'))
    await expect(cache.reached(revision)).rejects.toThrow('not a JSON object')
    await write(cluster.store, put(cluster.keys.broker(1), broker))
    await cluster.timers.settle()
    expect([failures, cache.current.brokers.size]).toEqual([['UnreadableMetadata'], 0])
  })

  it('reports that the store was closed under it', async () => {
    const failures: string[] = []
    await cluster.cache(cluster.store, error => failures.push(error.message))
    await cluster.store.close()
    await cluster.timers.settle()
    expect(failures).toEqual(['the metadata store was closed'])
  })
})

/** The events of one revision, as the store tells them. */
const eventsOf = (store: MetadataStore, revision: number): Promise<readonly WatchEvent[]> =>
  new Promise((resolve, reject) => {
    const watch = store.watch({
      range: { start: ' ', end: '~' },
      fromRevision: revision,
      onEnd: reject,
      onRevision: (_revision, events) => {
        watch.close()
        resolve(events)
      },
    })
  })

/** A store that answers one list, then tells what it is told to tell. */
const scripted = (
  start: Awaited<ReturnType<MetadataStore['range']>>,
  steps: readonly (readonly [number, readonly WatchEvent[]])[],
): MetadataStore => {
  const unused = () => Promise.reject(new Error('not part of the script'))
  return {
    range: async () => start,
    transaction: unused,
    grantLease: unused,
    keepAlive: unused,
    revokeLease: unused,
    close: unused,
    watch: ({ onRevision }) => {
      queueMicrotask(() => {
        for (const [revision, events] of steps) onRevision(revision, events)
      })
      return { close() {} }
    },
  }
}
