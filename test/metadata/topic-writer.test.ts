import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import { MetadataKeys } from '../../src/metadata/metadata-keys'
import { keyRange } from '../../src/metadata/metadata-store'
import { decodePartition, decodeTopic, encodeTopic } from '../../src/metadata/metadata-values'
import { newPartition, type PartitionState } from '../../src/metadata/partition-state'
import { TopicWriter } from '../../src/metadata/topic-writer'
import { MeddlingStore } from '../support/meddling-store'
import { put, write } from '../support/metadata-store-contract'
import { virtualTime } from '../support/virtual-time'

const keys = new MetadataKeys('test-cluster')

/** `count` partitions that tell by their replicas who made them. */
const partitionsOn = (brokerId: number, count: number): PartitionState[] =>
  Array.from({ length: count }, () => newPartition([brokerId], new Map([[brokerId, { epoch: 1, safeSince: 1 }]]), 1))

const topic = (topicId: string, partitions: readonly PartitionState[]) => ({
  topicId,
  name: 't',
  configs: {},
  creator: { id: 1, epoch: 1 },
  partitions,
})

describe('the transactions that change a topic', () => {
  const setUp = () => {
    const { timers } = virtualTime()
    const store = new MemoryMetadataStore({ timers })
    const late = new MeddlingStore(store)
    return { timers, store, late, slow: new TopicWriter(late, keys), quick: new TopicWriter(store, keys) }
  }
  type Stage = ReturnType<typeof setUp>

  /** Holds back every transaction of the slow writer that puts a key with `part` in it; call the result to let them go. */
  const holdBack = ({ late }: Stage, part: string): (() => void) => {
    let release = () => {}
    const gate = new Promise<'fine'>(resolve => {
      release = () => resolve('fine')
    })
    late.fate = ({ success }) =>
      success.some(operation => operation.type === 'put' && operation.key.includes(part)) ? gate : 'fine'
    return release
  }
  const owners = async ({ store }: Stage, topicId: string): Promise<number[]> => {
    const { keyValues } = await store.range(keys.partitions(topicId))
    return keyValues.map(keyValue => decodePartition(0, keyValue).replicas[0]!)
  }
  const stored = async ({ store }: Stage, topicId: string) => {
    const { keyValues } = await store.range(keyRange(keys.topic(topicId)))
    return keyValues.map(decodeTopic)[0]
  }

  it.each(['/parts/', '/topics/name/'])(
    'do not bring back a topic that was collected while %s was on its way',
    async part => {
      const stage = setUp()
      const release = holdBack(stage, part)
      const creating = stage.slow.create(topic('T', partitionsOn(1, 300)))
      await stage.timers.settle()
      expect(await stage.quick.collect('T', () => true)).toBe(false)
      expect(await stage.quick.collect('T', () => false)).toBe(true)
      release()
      expect(await creating).toMatchObject({ succeeded: false })
      const { keyValues } = await stage.store.range(keys.all)
      expect(keyValues).toEqual([])
    },
  )

  it.each(['/parts/', '/topics/id/'])('do not touch what others added while %s was on its way', async part => {
    const stage = setUp()
    await stage.quick.create(topic('T', partitionsOn(1, 1)))
    const release = holdBack(stage, part)
    const growing = stage.slow.grow('T', 1, partitionsOn(2, 300))
    await stage.timers.settle()
    expect(await stage.quick.grow('T', 1, partitionsOn(3, 2))).toMatchObject({ succeeded: true })
    release()
    expect(await growing).toMatchObject({ succeeded: false })
    expect(await stored(stage, 'T')).toMatchObject({ partitionCount: 3 })
    expect((await owners(stage, 'T')).slice(0, 3)).toEqual([1, 3, 3])
  })

  it.each([1, 300])('do not undo a change of the settings while %i partitions are added', async added => {
    const stage = setUp()
    await stage.quick.create(topic('T', partitionsOn(1, 1)))
    const release = holdBack(stage, '/topics/id/')
    const growing = stage.slow.grow('T', 1, partitionsOn(2, added))
    await stage.timers.settle()
    const value = { ...(await stored(stage, 'T'))!, configs: { 'retention.ms': '5' } }
    await write(stage.store, put(keys.topic('T'), encodeTopic(value)))
    release()
    expect(await growing).toMatchObject({ succeeded: false })
    expect(await stored(stage, 'T')).toEqual(value)
  })

  it('do not delete a topic that took over the name', async () => {
    const stage = setUp()
    await stage.quick.create(topic('old', partitionsOn(1, 1)))
    const release = holdBack(stage, '/topics/id/')
    const deleting = stage.slow.delete('t', 'old')
    await stage.timers.settle()
    await stage.quick.delete('t', 'old')
    await stage.quick.create(topic('new', partitionsOn(1, 1)))
    release()
    expect(await deleting).toMatchObject({ succeeded: false })
    expect(await stored(stage, 'new')).toMatchObject({ state: 'live' })
    expect(await stored(stage, 'old')).toBeUndefined()
  })

  it('do not collect a topic that was finished in the meantime', async () => {
    const stage = setUp()
    const { creator } = topic('T', [])
    const value = { name: 't', state: 'creating', partitionCount: 1, configs: {}, creator } as const
    await write(stage.store, put(keys.topic('T'), encodeTopic(value)))
    const release = holdBack(stage, '/topics/id/')
    const collecting = stage.slow.collect('T', () => false)
    await stage.timers.settle()
    await write(stage.store, put(keys.topic('T'), encodeTopic({ ...value, state: 'live' })))
    release()
    expect(await collecting).toBe(false)
    expect(await stored(stage, 'T')).toMatchObject({ state: 'live' })
  })

  it('collect nothing that is alive', async () => {
    const stage = setUp()
    await stage.quick.create(topic('T', partitionsOn(1, 1)))
    expect(await stage.quick.collect('T', () => false)).toBe(false)
    expect(await stage.quick.collect('unknown', () => false)).toBe(false)
  })
})
