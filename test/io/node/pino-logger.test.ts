import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { join } from 'node:path'
import { type PinoLoggerOptions, pinoLogger } from '../../../src/io/node/pino-logger'
import { childProgram, ended } from '../../support/child-program'
import { eventually } from '../../support/eventually'
import { temporaryDirectory } from '../../support/temporary-directory'

function logged(options: PinoLoggerOptions, log: (logger: ReturnType<typeof pinoLogger>) => void): string {
  const path = join(temporaryDirectory(), 'log')
  const fd = fs.openSync(path, 'w')
  log(pinoLogger({ ...options, fd }))
  fs.closeSync(fd)
  return fs.readFileSync(path, 'utf8')
}

const lines = (text: string) => text.split('\n').slice(0, -1)

describe('JSON', () => {
  test('has one object per line with level, time, message and fields', () => {
    const text = logged({ format: 'json' }, logger => {
      logger.info('it began', { topic: 't', partition: 3 })
      logger.child({ brokerId: 1 }).warn('it went on')
    })
    const [first, second] = lines(text).map(line => JSON.parse(line))
    expect(first).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      msg: 'it began',
      topic: 't',
      partition: 3,
    })
    expect(second).toMatchObject({ level: 'warn', brokerId: 1, msg: 'it went on' })
  })

  test('has type, message and stack of an error', () => {
    const [line] = lines(logged({ format: 'json' }, logger => logger.error('failed', { error: new TypeError('why') })))
    const { error } = JSON.parse(line!)
    expect(error).toMatchObject({ type: 'TypeError', message: 'why' })
    expect(error.stack).toContain('pino-logger.test')
  })

  test('is what a file gets without being asked', () => {
    expect(logged({}, logger => logger.info('x'))).toMatch(/^\{/)
  })
})

describe('lines for people', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character
  const withoutColours = (text: string) => text.replace(/\u001b\[\d+m/g, '')

  test('have time of day, level, sentence and fields', () => {
    const text = logged({ format: 'lines' }, logger => {
      logger.warn('disk is slow', { path: '/data', tookMs: 12.5, text: 'two words' })
    })
    expect(withoutColours(text)).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}disk is slow path=\/data tookMs=12.5 text="two words"\n$/,
    )
  })

  test('have the stack of an error below them, indented', () => {
    const text = withoutColours(
      logged({ format: 'lines' }, logger => logger.error('failed', { error: new Error('why') })),
    )
    expect(lines(text)[1]).toBe('    Error: why')
    expect(lines(text)[2]).toMatch(/^ {8}at /)
  })
})

test('lines below the level are not written', () => {
  const text = logged({ level: 'warn' }, logger => {
    logger.debug('no')
    logger.info('no')
    logger.warn('yes')
    logger.child({}).error('yes')
  })
  expect(lines(text)).toHaveLength(2)
  expect(logged({ level: 'silent' }, logger => logger.error('no'))).toBe('')
})

test('a destination that fails is survived', () => {
  const fd = fs.openSync('/dev/null', 'r')
  pinoLogger({ fd }).info('nobody hears this')
  fs.closeSync(fd)
})

describe('a pipe or socket that nobody reads', () => {
  const LINES = 50_000
  const program = join(__dirname, 'logging-program.ts')

  test('does not hold up the process; lines that found no room are counted', async () => {
    const child = childProgram(program, [String(LINES)], 'pipe')
    await once(child.stdout!, 'data')
    let text = ''
    child.stderr!.on('data', chunk => {
      text += chunk
    })
    await eventually(() => text.includes('lines were dropped'))
    child.stdin!.end('x')
    expect(await ended(child)).toBe(7)
    await eventually(() => text.includes('one more'))
    const records = lines(text).map(line => JSON.parse(line))
    const { count } = records.find(record => record.level === 'warn')
    expect(count).toBeGreaterThan(0)
    expect(records.filter(record => record.index !== undefined)).toHaveLength(LINES - count)
  })

  test('does not keep the process from ending', async () => {
    const child = childProgram(program, [String(LINES)], 'pipe')
    await once(child.stdout!, 'data')
    child.stdin!.end()
    expect(await ended(child)).toBe(7)
  })

  test('may be a named pipe', async () => {
    const path = join(temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [path])
    const reader = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
    const writer = fs.openSync(path, 'w')
    const child = childProgram(program, [String(LINES)], ['pipe', 'pipe', writer])
    fs.closeSync(writer)
    await once(child.stdout!, 'data')
    child.stdin!.end()
    expect(await ended(child)).toBe(7)
    fs.closeSync(reader)
  })

  test('may have lost its reader', async () => {
    const child = childProgram(program, ['0'], 'pipe')
    await once(child.stdout!, 'data')
    child.stderr!.destroy()
    child.stdin!.write('x')
    child.stdin!.write('x')
    child.stdin!.end()
    expect(await ended(child)).toBe(7)
  })
})
