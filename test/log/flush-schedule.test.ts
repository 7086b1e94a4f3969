import { FlushSchedule } from '../../src/log/flush-schedule'
import { virtualTime } from '../support/virtual-time'

const scene = () => {
  const { clock, timers } = virtualTime()
  const schedule = new FlushSchedule(clock, timers)
  const flushed: string[] = []
  const log = (name: string) => ({
    flush: async () => {
      flushed.push(name)
    },
  })
  return { timers, schedule, flushed, log }
}

test('a log is flushed when its first unflushed record has waited long enough', async () => {
  const { timers, schedule, flushed, log } = scene()
  const a = log('a')
  schedule.add(a, 100)
  await timers.advance(60)
  schedule.add(a, 100)
  await timers.advance(40)
  expect(flushed).toEqual(['a'])
  schedule.add(a, 100)
  await timers.advance(100)
  expect(flushed).toEqual(['a', 'a'])
})

test('one timer serves all logs, the earliest first', async () => {
  const { timers, schedule, flushed, log } = scene()
  schedule.add(log('slow'), 300)
  schedule.add(log('fast'), 100)
  expect(timers.pendingCount).toBe(1)
  await timers.advance(100)
  expect(flushed).toEqual(['fast'])
  await timers.advance(200)
  expect(flushed).toEqual(['fast', 'slow'])
  expect(timers.pendingCount).toBe(0)
})

test('a log that was flushed otherwise is left alone', async () => {
  const { timers, schedule, flushed, log } = scene()
  const a = log('a')
  schedule.add(a, 100)
  schedule.remove(a)
  await timers.advance(1_000)
  expect(flushed).toEqual([])
})
