import { KeyedTimers } from '../../src/coordinator/keyed-timers'
import { virtualTime } from '../support/virtual-time'

const setUp = () => {
  const { clock, timers } = virtualTime()
  const fired: string[] = []
  const keyed = new KeyedTimers(clock, timers)
  const set = (key: string, delayMs: number, name = key) =>
    keyed.set(key, delayMs, () => fired.push(`${name} at ${clock.monotonic()}`))
  return { timers, keyed, fired, set }
}

test('what is set is called once, at its time', async () => {
  const { timers, fired, set } = setUp()
  set('a', 100)
  set('b', 50)
  await timers.advance(1_000)
  expect(fired).toEqual(['b at 50', 'a at 100'])
})

test('what is set again under the same key takes the place of what was', async () => {
  const { timers, fired, set } = setUp()
  set('a', 100, 'first')
  await timers.advance(50)
  set('a', 100, 'second')
  await timers.advance(99)
  expect(fired).toEqual([])
  await timers.advance(1)
  set('a', 500, 'late')
  set('a', 20, 'early')
  await timers.advance(1_000)
  expect(fired).toEqual(['second at 150', 'early at 170'])
})

test('putting off a thousand times takes a handful of timers', async () => {
  const { timers, fired, set } = setUp()
  let timersSet = 0
  const after = timers.after.bind(timers)
  timers.after = (...given) => {
    timersSet++
    return after(...given)
  }
  for (let at = 0; at < 1_000; at++) {
    set('a', 1_000)
    await timers.advance(10)
  }
  expect([timersSet, timers.pendingCount]).toEqual([11, 1])
  await timers.advance(1_000)
  expect(fired).toEqual(['a at 10990'])
})

test('what is put off is called later, or earlier, as it was set; what is not there is not', async () => {
  const { timers, keyed, fired, set } = setUp()
  expect(keyed.putOff('a', 100)).toBe(false)
  set('a', 100)
  set('b', 100)
  await timers.advance(50)
  expect(keyed.putOff('a', 100)).toBe(true)
  expect(keyed.putOff('b', 10)).toBe(true)
  await timers.advance(1_000)
  expect(fired).toEqual(['b at 60', 'a at 150'])
  expect([keyed.putOff('a', 100), timers.pendingCount]).toEqual([false, 0])
})

test('what is cancelled or cleared is not called, and leaves no timer', async () => {
  const { timers, keyed, fired, set } = setUp()
  for (const key of ['a', 'b', 'c']) set(key, 100)
  keyed.cancel('a')
  keyed.cancel('unknown')
  expect(timers.pendingCount).toBe(2)
  keyed.clear()
  expect(timers.pendingCount).toBe(0)
  await timers.advance(1_000)
  expect(fired).toEqual([])
})

test('a callback may set its key again', async () => {
  const { clock, timers } = virtualTime()
  const keyed = new KeyedTimers(clock, timers)
  const times: number[] = []
  const again = () => {
    times.push(clock.monotonic())
    keyed.set('a', 10, again)
  }
  keyed.set('a', 10, again)
  await timers.advance(35)
  expect(times).toEqual([10, 20, 30])
})
