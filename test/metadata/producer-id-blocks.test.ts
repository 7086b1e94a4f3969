import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import { MetadataKeys } from '../../src/metadata/metadata-keys'
import { type MetadataStore, MetadataStoreError } from '../../src/metadata/metadata-store'
import { ProducerIdBlocks } from '../../src/metadata/producer-id-blocks'
import { MeddlingStore } from '../support/meddling-store'
import { codeOf } from '../support/metadata-store-contract'
import { virtualTime } from '../support/virtual-time'

const keys = new MetadataKeys('test-cluster')
const memoryStore = () => new MemoryMetadataStore({ timers: virtualTime().timers })
const blocks = (store: MetadataStore) => new ProducerIdBlocks(store, keys)

describe('producer ids', () => {
  it('begin at 0 and need no store while a block lasts', async () => {
    const ids = blocks(memoryStore())
    expect(await ids.next()).toBe(0)
    expect(Array.from({ length: 999 }, () => ids.next())).toEqual(Array.from({ length: 999 }, (_, index) => index + 1))
    const next = ids.next()
    expect(next).toBeInstanceOf(Promise)
    expect(await next).toBe(1000)
  })

  it('come from one block, however many wait for it', async () => {
    const ids = blocks(memoryStore())
    const waiting = await Promise.all(Array.from({ length: 500 }, () => ids.next()))
    expect(waiting).toEqual(Array.from({ length: 500 }, (_, index) => index))
  })

  it('come from several blocks when one does not suffice for all who wait', async () => {
    const ids = blocks(memoryStore())
    const waiting = await Promise.all(Array.from({ length: 2500 }, () => ids.next()))
    expect(new Set(waiting).size).toBe(2500)
    expect(Math.max(...waiting)).toBe(2499)
  })

  it('are never given out twice, by whichever brokers', async () => {
    const store = memoryStore()
    const brokers = [blocks(store), blocks(store), blocks(store)]
    const given = await Promise.all(Array.from({ length: 6000 }, (_, index) => brokers[index % 3]!.next()))
    expect(new Set(given).size).toBe(6000)
  })

  it('do not begin anew after a restart', async () => {
    const store = memoryStore()
    await blocks(store).next()
    expect(await blocks(store).next()).toBe(1000)
  })

  it('come from another block when it is not known whether one was taken', async () => {
    const store = memoryStore()
    const meddling = new MeddlingStore(store)
    const fates = ['lost answer', 'lost request', 'fine'] as const
    let attempt = 0
    meddling.fate = () => fates[attempt++]!
    expect(await blocks(meddling).next()).toBe(1000)
    expect(await blocks(store).next()).toBe(2000)
  })

  it('fail with the store for all who wait, and come again with it', async () => {
    const meddling = new MeddlingStore(memoryStore())
    const ids = blocks(meddling)
    meddling.rangeFailure = new MetadataStoreError('UNAVAILABLE', 'not now')
    const waiting = [ids.next(), ids.next()]
    expect(await Promise.all(waiting.map(id => codeOf(Promise.resolve(id))))).toEqual(['UNAVAILABLE', 'UNAVAILABLE'])
    meddling.rangeFailure = null
    expect(await ids.next()).toBe(0)
  })
})
