import { nodeRandom } from '../../../src/io/node/node-random'

test('numbers stay below their bound and differ', () => {
  const drawn = Array.from({ length: 200 }, () => nodeRandom.below(5))
  expect([...new Set(drawn)].sort()).toEqual([0, 1, 2, 3, 4])
  expect(nodeRandom.below(1)).toBe(0)
  expect(nodeRandom.below(2 ** 32)).toBeLessThan(2 ** 32)
})

test('bytes have the length asked for and differ', () => {
  expect(nodeRandom.bytes(16)).toHaveLength(16)
  expect(nodeRandom.bytes(16).equals(nodeRandom.bytes(16))).toBe(false)
})
