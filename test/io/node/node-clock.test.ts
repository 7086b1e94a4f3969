import { nodeClock } from '../../../src/io/node/node-clock'

test('tells the time in whole milliseconds, and durations that never shrink', () => {
  expect(Number.isInteger(nodeClock.now())).toBe(true)
  expect(Math.abs(nodeClock.now() - Date.now())).toBeLessThan(1000)
  let last = nodeClock.monotonic()
  for (let index = 0; index < 1000; index++) {
    const next = nodeClock.monotonic()
    expect(next).toBeGreaterThanOrEqual(last)
    last = next
  }
})
