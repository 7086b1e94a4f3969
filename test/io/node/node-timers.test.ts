import { NodeTimers } from '../../../src/io/node/node-timers'
import { eventually } from '../../support/eventually'

const timers = new NodeTimers()

test('a timer runs once, not before its time', async () => {
  const start = performance.now()
  let runs = 0
  timers.after(20, () => runs++)
  await eventually(() => runs > 0)
  // Timers count whole milliseconds.
  expect(performance.now() - start).toBeGreaterThanOrEqual(19)
  expect(runs).toBe(1)
})

test('a cancelled timer does not run', async () => {
  let isCancelledRun = false
  let isLaterRun = false
  const timer = timers.after(1, () => {
    isCancelledRun = true
  })
  timers.after(5, () => {
    isLaterRun = true
  })
  timer.cancel()
  timer.cancel()
  await eventually(() => isLaterRun)
  expect(isCancelledRun).toBe(false)
})

test('a delay that is too long does not run at once', async () => {
  let isRun = false
  const timer = timers.after(2 ** 40, () => {
    isRun = true
  })
  let isLaterRun = false
  timers.after(5, () => {
    isLaterRun = true
  })
  await eventually(() => isLaterRun)
  expect(isRun).toBe(false)
  timer.cancel()
})

test('a timer does not keep the process alive', () => {
  const before = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const timer = timers.after(1000, () => {})
  expect(process.getActiveResourcesInfo().filter(name => name === 'Timeout')).toHaveLength(before)
  timer.cancel()
})

test('ends of turns run in order, after promises, those set by them in the next turn', async () => {
  const log: string[] = []
  timers.endOfTurn(() => {
    log.push('first')
    timers.endOfTurn(() => log.push('third'))
  })
  timers.endOfTurn(() => log.push('second'))
  await null
  expect(log).toEqual([])
  await new Promise(resolve => setImmediate(resolve))
  expect(log).toEqual(['first', 'second'])
  await eventually(() => log.length === 3)
})

test('an end of turn that throws does not take the others with it', () => {
  const log: string[] = []
  const turns: (() => void)[] = []
  const mock = jest
    .spyOn(globalThis, 'setImmediate')
    .mockImplementation(((turn: () => void) => turns.push(turn)) as never)
  timers.endOfTurn(() => log.push('before'))
  timers.endOfTurn(() => {
    throw new Error('from an end of turn')
  })
  timers.endOfTurn(() => log.push('after'))
  expect(turns).toHaveLength(1)
  expect(() => turns[0]!()).toThrow('from an end of turn')
  expect(turns).toHaveLength(2)
  turns[1]!()
  mock.mockRestore()
  expect(log).toEqual(['before', 'after'])
})
