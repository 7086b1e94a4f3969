import { VirtualClock } from '../../../src/io/memory/virtual-clock'
import { VirtualTimers } from '../../../src/io/memory/virtual-timers'

let clock: VirtualClock
let timers: VirtualTimers
let log: string[]

beforeEach(() => {
  clock = new VirtualClock()
  timers = new VirtualTimers(clock)
  log = []
})

const note = (name: string) => () => log.push(`${name}@${clock.monotonic()}`)

test('timers run when they are due, those due together in the order in which they were set', async () => {
  timers.after(20, note('c'))
  timers.after(10, note('a'))
  timers.after(10, note('b'))
  timers.after(30, note('d'))
  await timers.advance(9)
  expect(log).toEqual([])
  await timers.advance(11)
  expect(log).toEqual(['a@10', 'b@10', 'c@20'])
  expect(timers.pendingCount).toBe(1)
  expect(clock.monotonic()).toBe(20)
})

test('timers set by timers run in the same advance if they fall due', async () => {
  timers.after(10, () => {
    note('outer')()
    timers.after(5, note('inner'))
    timers.after(50, note('late'))
    timers.after(0, note('at once'))
  })
  await timers.advance(20)
  expect(log).toEqual(['outer@10', 'at once@10', 'inner@15'])
})

test('a cancelled timer does not run; cancelling again or too late does nothing', async () => {
  const cancelled = timers.after(10, note('cancelled'))
  const kept = timers.after(10, note('kept'))
  cancelled.cancel()
  cancelled.cancel()
  await timers.advance(10)
  kept.cancel()
  expect(log).toEqual(['kept@10'])
  expect(timers.pendingCount).toBe(0)
})

test('promises settle between timers, however long their chain is', async () => {
  timers.after(10, async () => {
    for (let step = 0; step < 100; step++) await null
    note('end of chain')()
  })
  timers.after(10, note('next timer'))
  await timers.advance(10)
  expect(log).toEqual(['end of chain@10', 'next timer@10'])
})

test('ends of turns run after the promises of the turn, and time stands still for them', async () => {
  timers.endOfTurn(async () => {
    note('first')()
    timers.endOfTurn(note('of the next turn'))
    await null
    note('promise')()
  })
  timers.endOfTurn(note('second'))
  timers.after(0, note('timer'))
  void Promise.resolve().then(note('earlier promise'))
  await timers.settle()
  expect(log).toEqual(['earlier promise@0', 'first@0', 'second@0', 'promise@0', 'of the next turn@0'])
  await timers.advance(0)
  expect(log.at(-1)).toBe('timer@0')
})

test('delays are clamped at both ends', async () => {
  timers.after(-5, note('negative'))
  await timers.advance(0)
  expect(log).toEqual(['negative@0'])
  timers.after(Number.POSITIVE_INFINITY, note('for ever'))
  await timers.advance(2 ** 31 - 1)
  expect(log).toHaveLength(2)
})

test('a callback that throws makes the advance fail', async () => {
  timers.after(1, () => {
    throw new Error('from a timer')
  })
  await expect(timers.advance(1)).rejects.toThrow('from a timer')
})
