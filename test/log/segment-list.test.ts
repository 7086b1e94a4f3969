import fc from 'fast-check'
import { SegmentList } from '../../src/log/segment-list'
import { appendBatches, createSegment, diskWithFolder, singles } from '../support/log-segments'

const disk = diskWithFolder()
const segmentAt = (baseOffset: number) => createSegment(disk, { baseOffset })

test('an empty list finds nothing', () => {
  const list = new SegmentList()
  expect([list.first, list.last, list.floor(5), list.lower(5), list.higher(5), list.get(0)]).toEqual(
    Array(6).fill(undefined),
  )
  expect([list.length, list.sizeInBytes, list.overlapping(0, 100)]).toEqual([0, 0, []])
})

test('a segment replaces the one at the same base offset', () => {
  const list = new SegmentList()
  const [old, other, replacement] = [segmentAt(10), segmentAt(20), segmentAt(10)]
  expect([list.add(old), list.add(other), list.add(replacement)]).toEqual([undefined, undefined, old])
  expect([...list]).toEqual([replacement, other])
})

test('the size is that of all segments', () => {
  const list = new SegmentList()
  const [first, second] = [segmentAt(0), segmentAt(100)]
  appendBatches(first, singles(0, 2))
  appendBatches(second, singles(100, 3))
  list.add(first)
  list.add(second)
  expect(list.sizeInBytes).toBe(first.sizeInBytes + second.sizeInBytes)
})

test('lookups find what a search through a sorted array finds', () => {
  const offsets = fc.uniqueArray(fc.nat(60), { maxLength: 12 })
  fc.assert(
    fc.property(offsets, fc.subarray([3, 7, 11, 40]), fc.nat(70), fc.nat(70), (added, removed, probe, to) => {
      const list = new SegmentList()
      for (const offset of added) list.add(segmentAt(offset))
      for (const offset of removed) list.remove(offset)
      const model = added.filter(offset => !removed.includes(offset)).sort((a, b) => a - b)
      const floor = model.findLast(offset => offset <= probe)
      expect([...list].map(segment => segment.baseOffset)).toEqual(model)
      expect([list.first?.baseOffset, list.last?.baseOffset]).toEqual([model[0], model.at(-1)])
      expect(list.get(probe)?.baseOffset).toBe(model.find(offset => offset === probe))
      expect(list.floor(probe)?.baseOffset).toBe(floor)
      expect(list.lower(probe)?.baseOffset).toBe(model.findLast(offset => offset < probe))
      expect(list.higher(probe)?.baseOffset).toBe(model.find(offset => offset > probe))
      expect(list.overlapping(probe, to).map(segment => segment.baseOffset)).toEqual(
        model.filter(offset => offset >= (floor ?? 0) && offset < to),
      )
    }),
  )
})
