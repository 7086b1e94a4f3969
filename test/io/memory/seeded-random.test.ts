import { SeededRandom } from '../../../src/io/memory/seeded-random'

const draws = (random: SeededRandom, bound = 2 ** 32) => Array.from({ length: 50 }, () => random.below(bound))

test('the same seed gives the same numbers, other seeds give others', () => {
  const seeds = [0, 1, 2, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]
  const runs = seeds.map(seed => draws(new SeededRandom(seed)).join())
  expect(runs).toEqual(seeds.map(seed => draws(new SeededRandom(seed)).join()))
  expect(new Set(runs).size).toBe(seeds.length)
})

test('the numbers of a seed never change: recorded runs depend on them', () => {
  expect(draws(new SeededRandom(42), 1000).slice(0, 5)).toEqual([924, 897, 282, 142, 180])
})

test('numbers stay below their bound and reach all of it evenly', () => {
  const random = new SeededRandom(7)
  for (const bound of [1, 2, 3, 10, 1000]) {
    const counts = new Array<number>(bound).fill(0)
    const perNumber = 1000
    for (let index = 0; index < bound * perNumber; index++) counts[random.below(bound)]!++
    // Six standard deviations.
    for (const count of counts) expect(Math.abs(count - perNumber)).toBeLessThan(6 * Math.sqrt(perNumber))
  }
})

test('a bound is a whole number from 1 to 2^32', () => {
  const random = new SeededRandom(7)
  for (const bound of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) expect(() => random.below(bound)).toThrow(RangeError)
})

test('bytes have the length asked for, all values, and are new every time', () => {
  const random = new SeededRandom(7)
  expect(random.bytes(0)).toHaveLength(0)
  const bytes = random.bytes(10_000)
  expect(bytes).toHaveLength(10_000)
  expect(new Set(bytes).size).toBe(256)
  expect(random.bytes(16).equals(random.bytes(16))).toBe(false)
})
