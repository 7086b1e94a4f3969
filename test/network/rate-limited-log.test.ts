import { VirtualClock } from '../../src/io/memory/virtual-clock'
import { RateLimitedLog } from '../../src/network/rate-limited-log'
import { RecordingLogger } from '../support/recording-logger'

const setUp = () => {
  const clock = new VirtualClock()
  const logger = new RecordingLogger()
  return { clock, logger, log: new RateLimitedLog(logger, clock) }
}

test('the first ten lines of a reason are written, the others are left out', () => {
  const { logger, log } = setUp()
  for (let i = 0; i < 25; i++) log.warn('bad frame', `line ${i}`, { peer: i })
  expect(logger.lines.map(line => line.message)).toEqual(Array.from({ length: 10 }, (_, i) => `line ${i}`))
  expect(logger.lines[3]).toEqual({ level: 'warn', message: 'line 3', fields: { reason: 'bad frame', peer: 3 } })
})

test('the next line after ten seconds tells how many were left out, once', () => {
  const { clock, logger, log } = setUp()
  for (let i = 0; i < 25; i++) log.warn('bad frame', 'one')
  clock.advance(10_000)
  log.warn('bad frame', 'two')
  log.warn('bad frame', 'three')
  expect(logger.lines.slice(10).map(line => line.fields)).toEqual([
    { reason: 'bad frame', leftOut: 15 },
    { reason: 'bad frame' },
  ])
})

test('one reason does not use up the lines of another', () => {
  const { logger, log } = setUp()
  for (let i = 0; i < 25; i++) log.warn('bad frame', 'frame')
  log.warn('unknown api', 'api')
  expect(logger.lines.at(-1)?.message).toBe('api')
})
