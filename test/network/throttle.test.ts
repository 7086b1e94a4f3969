import { Throttle } from '../../src/network/throttle'
import { virtualTime } from '../support/virtual-time'

const setUp = () => {
  const { clock, timers } = virtualTime()
  const endedAt: number[] = []
  return { timers, endedAt, throttle: new Throttle(clock, timers, () => endedAt.push(clock.monotonic())) }
}

test('it is over after its time', async () => {
  const { timers, endedAt, throttle } = setUp()
  throttle.extend(100)
  expect(throttle.isActive).toBe(true)
  await timers.advance(1_000)
  expect(throttle.isActive).toBe(false)
  expect(endedAt).toEqual([100])
})

test('the longest of several calls counts', async () => {
  const { timers, endedAt, throttle } = setUp()
  throttle.extend(100)
  throttle.extend(50)
  await timers.advance(30)
  throttle.extend(200)
  await timers.advance(1_000)
  expect(endedAt).toEqual([230])
})

test('no time at all is no throttling', () => {
  const { timers, throttle } = setUp()
  throttle.extend(0)
  expect(throttle.isActive).toBe(false)
  expect(timers.pendingCount).toBe(0)
})

test('cancelled, it ends without a call', async () => {
  const { timers, endedAt, throttle } = setUp()
  throttle.extend(100)
  throttle.cancel()
  await timers.advance(1_000)
  expect(throttle.isActive).toBe(false)
  expect(endedAt).toEqual([])
})
