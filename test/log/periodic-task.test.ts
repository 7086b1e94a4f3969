import { PeriodicTask } from '../../src/log/periodic-task'
import { virtualTime } from '../support/virtual-time'

test('a task runs again so long after it has ended', async () => {
  const { timers } = virtualTime()
  const runs: (() => void)[] = []
  const task = new PeriodicTask(timers, 100, () => new Promise(resolve => runs.push(resolve)))
  await timers.advance(250)
  expect(runs).toHaveLength(1)
  runs[0]!()
  await timers.advance(99)
  expect(runs).toHaveLength(1)
  await timers.advance(1)
  expect(runs).toHaveLength(2)
  runs[1]!()
  await task.stop()
})

test('a task that is stopped runs no more, and what runs is waited for', async () => {
  const { timers } = virtualTime()
  const runs: (() => void)[] = []
  const task = new PeriodicTask(timers, 100, () => new Promise(resolve => runs.push(resolve)))
  await timers.advance(100)
  let isStopped = false
  const stopped = task.stop().then(() => {
    isStopped = true
  })
  await timers.advance(1_000)
  expect(isStopped).toBe(false)
  runs[0]!()
  await stopped
  await timers.advance(1_000)
  expect(runs).toHaveLength(1)
})
