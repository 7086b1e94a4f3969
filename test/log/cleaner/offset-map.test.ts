import fc from 'fast-check'
import { NO_ROOM, OffsetMap } from '../../../src/log/cleaner/offset-map'

const SLOT_BYTES = 24
const mapOf = (options: { maxBytes?: number; loadFactor?: number; keyCountMax?: number } = {}): OffsetMap =>
  new OffsetMap({ maxBytes: 1_000_000, loadFactor: 0.9, keyCountMax: 100, secret: Buffer.alloc(16, 's'), ...options })

const put = (map: OffsetMap, key: string, offset: number): number =>
  map.put(Buffer.from(key), 0, Buffer.byteLength(key), offset)
const get = (map: OffsetMap, key: string): number => map.get(Buffer.from(key), 0, Buffer.byteLength(key))

test('it holds the latest offset of each key, like any map', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 300 }), keys => {
      const map = mapOf({ keyCountMax: keys.length, loadFactor: 1 })
      const model = new Map<string, number>()
      for (const [offset, key] of keys.entries()) {
        expect(put(map, key, offset)).toBe(model.get(key) ?? -1)
        model.set(key, offset)
      }
      for (const [key, offset] of model) expect(get(map, key)).toBe(offset)
      expect(map.size).toBe(model.size)
      expect(get(map, 'never put')).toBe(-1)
    }),
  )
})

test('offsets may be as large as numbers can count', () => {
  const map = mapOf()
  for (const offset of [0, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 2]) {
    put(map, 'key', offset)
    expect(get(map, 'key')).toBe(offset)
  }
})

test('when it is full it takes known keys only, and stays within its memory', () => {
  const map = mapOf({ maxBytes: 50 * SLOT_BYTES, keyCountMax: 1_000_000 })
  let taken = 0
  while (put(map, `key${taken}`, taken) !== NO_ROOM) taken++
  expect(taken).toBe(map.capacity)
  expect(taken).toBeGreaterThan(30)
  expect(map.sizeInBytes).toBeLessThanOrEqual(50 * SLOT_BYTES)
  expect(put(map, 'key0', 1000)).toBe(0)
  expect([get(map, 'key0'), get(map, 'one too many')]).toEqual([1000, -1])
})

test('no more memory is taken than the keys can need', () => {
  expect(mapOf({ maxBytes: 2 ** 27, keyCountMax: 10 }).sizeInBytes).toBeLessThan(20 * SLOT_BYTES)
})

test('it tells up to where it knows all', () => {
  const map = mapOf()
  expect(map.latestOffset).toBe(-1)
  put(map, 'key', 5)
  expect(map.latestOffset).toBe(5)
  map.advanceTo(9)
  map.advanceTo(7)
  expect(map.latestOffset).toBe(9)
})
