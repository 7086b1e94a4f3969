import { CleaningPace } from '../../../src/log/cleaner/cleaning-pace'
import { virtualTime } from '../../support/virtual-time'

const paceOf = (maxBytesPerSecond = Number.MAX_VALUE) => {
  const time = virtualTime()
  return { ...time, pace: new CleaningPace({ ...time, maxBytesPerSecond: () => maxBytesPerSecond }) }
}

/** Whether the promise has settled, after time has gone by. */
const isDone = async (promise: Promise<void>, advance: () => Promise<void>): Promise<boolean> => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await advance()
  return done
}

test('a slice is over after a few milliseconds, and the next one begins when others had their turn', async () => {
  const { clock, timers, pace } = paceOf()
  expect(pace.isSliceOver).toBe(false)
  clock.advance(5)
  expect(pace.isSliceOver).toBe(true)
  const pause = pace.pause()
  expect(await isDone(pause, () => timers.settle())).toBe(true)
  expect(pace.isSliceOver).toBe(false)
})

test('what is transferred faster than allowed is followed by a rest', async () => {
  const { timers, pace } = paceOf(1000)
  const rest = pace.transferred(500)
  expect(await isDone(rest, () => timers.advance(499))).toBe(false)
  expect(await isDone(rest, () => timers.advance(1))).toBe(true)
})

test('without a bound there is no rest', async () => {
  const { timers, pace } = paceOf()
  await pace.transferred(1e12)
  expect(timers.pendingCount).toBe(0)
})

test('who is in a hurry does not rest any more', async () => {
  const { timers, pace } = paceOf(1)
  const rest = pace.transferred(1000)
  pace.hurry()
  expect(await isDone(rest, () => timers.settle())).toBe(true)
  await pace.transferred(1000)
  expect(timers.pendingCount).toBe(0)
})
