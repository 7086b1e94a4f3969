import { VirtualClock } from '../../src/io/memory/virtual-clock'
import { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { IdleSweep } from '../../src/network/idle-sweep'

const setUp = (maxIdleMs: number) => {
  const clock = new VirtualClock()
  const timers = new VirtualTimers(clock)
  const sweep = new IdleSweep(clock, timers, maxIdleMs)
  const closed: string[] = []
  const add = (name: string) => {
    const candidate = {
      lastActiveAt: clock.monotonic(),
      closeIdle: () => {
        closed.push(name)
        sweep.remove(candidate)
      },
    }
    sweep.add(candidate)
    return candidate
  }
  return { clock, timers, sweep, closed, add }
}

test('a connection without a sign of life is closed after the idle time, at most a tenth later', async () => {
  const { timers, closed, add } = setUp(1_000)
  add('first')
  await timers.advance(50)
  add('second')
  await timers.advance(949)
  expect(closed).toEqual([])
  await timers.advance(1)
  expect(closed).toEqual(['first'])
  await timers.advance(100)
  expect(closed).toEqual(['first', 'second'])
})

test('a sign of life puts the end off', async () => {
  const { clock, timers, closed, add } = setUp(1_000)
  const candidate = add('busy')
  for (let i = 0; i < 10; i++) {
    await timers.advance(900)
    candidate.lastActiveAt = clock.monotonic()
  }
  expect(closed).toEqual([])
  await timers.advance(1_100)
  expect(closed).toEqual(['busy'])
})

test('thousands of connections share one timer, and none is left when they are gone', async () => {
  const { timers, sweep, add } = setUp(1_000)
  const candidates = Array.from({ length: 5_000 }, (_, i) => add(`${i}`))
  expect(timers.pendingCount).toBe(1)
  for (const candidate of candidates) sweep.remove(candidate)
  expect(timers.pendingCount).toBe(0)
})

test('one that declines to be closed is asked again later, not at once', async () => {
  const { clock, timers, sweep } = setUp(1_000)
  const askedAt: number[] = []
  sweep.add({ lastActiveAt: 0, closeIdle: () => askedAt.push(clock.monotonic()) })
  await timers.advance(2_500)
  expect(askedAt).toEqual([1_000, 2_000])
})

test('a negative idle time closes nobody and needs no timer', () => {
  const { timers, add } = setUp(-1)
  add('forever')
  expect(timers.pendingCount).toBe(0)
})
