import fc from 'fast-check'
import { Histogram, TIME_BOUNDS } from '../../src/metrics/histogram'

test('a value that equals a bound lies below it', () => {
  const histogram = new Histogram([1, 2])
  histogram.observe(1)
  histogram.observe(2)
  histogram.observe(2.1)
  expect([...histogram.counts]).toEqual([1, 1, 1])
})

test('nothing is lost: counts and sum are those of the values', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), values => {
      const histogram = new Histogram(TIME_BOUNDS)
      for (const value of values) histogram.observe(value)
      expect(histogram.count).toBe(values.length)
      expect(histogram.sum).toBeCloseTo(values.reduce((sum, value) => sum + value, 0))
      for (const [index, bound] of TIME_BOUNDS.entries()) {
        const below = histogram.counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0)
        expect(below).toBe(values.filter(value => value <= bound).length)
      }
    }),
  )
})
