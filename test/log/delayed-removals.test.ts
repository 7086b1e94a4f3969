import { DiskError } from '../../src/io/disk'
import { DelayedRemovals } from '../../src/log/delayed-removals'
import { RecordingLogger } from '../support/recording-logger'
import { virtualTime } from '../support/virtual-time'

const scene = () => {
  const time = virtualTime()
  const logger = new RecordingLogger()
  const removals = new DelayedRemovals({ ...time, logger })
  const removed: string[] = []
  const add = (delayMs: number, description: string, error?: Error) =>
    removals.add(delayMs, {
      description,
      remove: () => {
        if (error) throw error
        removed.push(description)
      },
    })
  return { ...time, logger, removals, removed, add }
}

test('each is removed when its delay is over, with one timer for all', async () => {
  const { timers, removed, add } = scene()
  add(300, 'c')
  add(100, 'a')
  add(100, 'b')
  expect(timers.pendingCount).toBe(1)
  await timers.advance(99)
  expect(removed).toEqual([])
  await timers.advance(1)
  expect(removed).toEqual(['a', 'b'])
  await timers.advance(200)
  expect(removed).toEqual(['a', 'b', 'c'])
  expect(timers.pendingCount).toBe(0)
})

test('all of them are removed at once when asked', async () => {
  const { timers, removals, removed, add } = scene()
  add(300, 'a')
  add(100, 'b')
  removals.removeAll()
  expect(removed).toEqual(['a', 'b'])
  await timers.advance(1_000)
  add(10, 'c')
  await timers.advance(10)
  expect(removed).toEqual(['a', 'b', 'c'])
})

test('one that fails is told and does not hold up the others', async () => {
  const { timers, logger, removed, add } = scene()
  add(1, 'a', new DiskError('EIO', '/a', 'broken'))
  add(1, 'b')
  await timers.advance(1)
  expect(removed).toEqual(['b'])
  expect(logger.at('warn')).toMatchObject([{ fields: { files: 'a' } }])
})
