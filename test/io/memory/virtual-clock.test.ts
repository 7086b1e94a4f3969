import { VirtualClock } from '../../../src/io/memory/virtual-clock'

test('both times go by together', () => {
  const clock = new VirtualClock(1000)
  clock.advance(1.5)
  expect(clock.now()).toBe(1001)
  expect(clock.monotonic()).toBe(1.5)
})

test('only the wall clock jumps, and only that goes back', () => {
  const clock = new VirtualClock(1000)
  clock.jump(-600)
  clock.jump(100)
  expect(clock.now()).toBe(500)
  expect(clock.monotonic()).toBe(0)
  expect(() => clock.advance(-1)).toThrow(RangeError)
  expect(() => clock.advance(Number.NaN)).toThrow(RangeError)
})
