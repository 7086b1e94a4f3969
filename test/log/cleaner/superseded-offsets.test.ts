import fc from 'fast-check'
import { SupersededOffsets } from '../../../src/log/cleaner/superseded-offsets'

const FROM = 1_000_000_000_000

test('knows which offsets were added, and how many lie between two, whichever these are', () => {
  const offset = fc.integer({ min: 0, max: 199 }).map(at => FROM + at)
  fc.assert(
    fc.property(fc.uniqueArray(offset), offset, offset, (added, one, other) => {
      const superseded = SupersededOffsets.between(FROM, FROM + 200)!
      for (const it of added) superseded.add(it)
      const [first, last] = [Math.min(one, other), Math.max(one, other)]
      expect(superseded.count(first, last)).toBe(added.filter(it => it >= first && it <= last).length)
      expect([superseded.has(one), superseded.has(other)]).toEqual([added.includes(one), added.includes(other)])
    }),
  )
})

test('of all bits set it counts all', () => {
  const superseded = SupersededOffsets.between(FROM, FROM + 128)!
  for (let at = 0; at < 128; at++) superseded.add(FROM + at)
  expect([superseded.count(FROM, FROM + 127), superseded.count(FROM + 31, FROM + 32)]).toEqual([128, 2])
})

test('covers its section and nothing else', () => {
  const superseded = SupersededOffsets.between(10, 20)!
  expect([9, 10, 19, 20].map(offset => superseded.covers(offset))).toEqual([false, true, true, false])
})

test('does without a section that would take too much memory', () => {
  expect(SupersededOffsets.between(0, 128 * 1024 * 1024)).not.toBeNull()
  expect(SupersededOffsets.between(0, 128 * 1024 * 1024 + 1)).toBeNull()
})
