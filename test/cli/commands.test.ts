/** The commands that talk to a broker, each in a process of its own. */
import { once } from 'node:events'
import { join } from 'node:path'
import { type RunningBroker, startBroker } from '../../src/broker/start-broker'
import { type CommandOptions, odradek, RunningCommand } from '../support/command'

let broker: RunningBroker

beforeAll(async () => {
  broker = await startBroker()
})

afterAll(() => broker.close())

const run = (args: readonly string[], options?: CommandOptions) => odradek([...args, '-b', broker.bootstrap], options)

/** Lines of a command that has to succeed without a word on standard error. */
const linesOf = async (args: readonly string[], options?: CommandOptions): Promise<string[]> => {
  const { status, stdout, stderr } = await run(args, options)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.split('\n').slice(0, -1)
}

const consume = (topic: string, count: number, ...args: readonly string[]) =>
  linesOf(['consume', topic, '--from-beginning', '--max-messages', `${count}`, ...args])

describe('topics', () => {
  test('are created, listed, described and deleted', async () => {
    expect(await linesOf(['topics', 'create', 'b', '--partitions', '2', '--set', 'retention.ms=5000'])).toEqual([
      'created b with 2 partitions',
    ])
    expect(await linesOf(['topics', 'create', 'a'])).toEqual(['created a with 1 partition'])
    expect(await linesOf(['topics', 'list'])).toEqual(['a', 'b'])
    expect(await linesOf(['topics', 'describe', 'b'])).toEqual([
      expect.stringMatching(/^b {2}id [\w-]{22} {2}partitions 2$/),
      '  partition 0  leader 1  epoch 0  replicas 1  in sync 1',
      '  partition 1  leader 1  epoch 0  replicas 1  in sync 1',
      '  retention.ms=5000',
    ])
    expect(await linesOf(['topics', 'delete', 'a', 'b'])).toEqual(['deleted a', 'deleted b'])
    expect(await linesOf(['topics', 'list'])).toEqual([])
  })

  test('what the broker refuses ends with code 1 and its reason', async () => {
    await broker.createTopic('there')
    const results = await Promise.all([
      run(['topics', 'create', 'there']),
      run(['topics', 'create', 'wide', '--replication-factor', '3']),
      run(['topics', 'create', 'odd', '--set', 'no.such=1']),
      run(['topics', 'delete', 'nowhere']),
      run(['topics', 'describe', 'nowhere']),
    ])
    expect(results.map(({ status, stdout }) => [status, stdout])).toEqual(Array(5).fill([1, '']))
    expect(results.map(({ stderr }) => stderr)).toEqual([
      "odradek: topic there: TOPIC_ALREADY_EXISTS: Topic 'there' already exists.\n",
      expect.stringMatching(/^odradek: topic wide: INVALID_REPLICATION_FACTOR: .*\n$/),
      'odradek: topic odd: INVALID_CONFIG: Unknown topic config name: no.such\n',
      expect.stringMatching(/^odradek: topic nowhere: UNKNOWN_TOPIC_OR_PARTITION/),
      expect.stringMatching(/^odradek: topic nowhere: UNKNOWN_TOPIC_OR_PARTITION/),
    ])
  })
})

describe('records', () => {
  test('are lines, which come out as they went in', async () => {
    const lines = ['plain', '', '  blanks ', 'ünïcödé', '{"json": true}', 'a:b']
    expect(await linesOf(['produce', 'lines'], { input: `${lines.join('\n')}\n` })).toEqual([])
    expect(await consume('lines', lines.length)).toEqual(lines)
  })

  test('have keys when lines are divided', async () => {
    await linesOf(['produce', 'keyed', '-K:'], { input: 'k1:v1\nk2:v:2\nno key\n' })
    const records = (await consume('keyed', 3, '--json')).map(line => JSON.parse(line))
    expect(records).toEqual([
      { partition: 0, offset: 0, timestamp: expect.any(Number), key: 'k1', value: 'v1', headers: [] },
      { partition: 0, offset: 1, timestamp: expect.any(Number), key: 'k2', value: 'v:2', headers: [] },
      { partition: 0, offset: 2, timestamp: expect.any(Number), key: null, value: 'no key', headers: [] },
    ])
  })

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('are compressed with %s, many at a time', async codec => {
    const lines = Array.from({ length: 3000 }, (_, n) => `line ${n} of many that are much alike`)
    await linesOf(['produce', codec, '-z', codec], { input: lines.join('\n') })
    expect(await consume(codec, lines.length)).toEqual(lines)
  })

  test('go to the partition that is named, and otherwise to that of their key', async () => {
    await broker.createTopic('parts', { partitions: 4 })
    await linesOf(['produce', 'parts', '-p', '2'], { input: 'x\n' })
    await linesOf(['produce', 'parts', '-K:'], { input: 'k:1\nk:2\n' })
    const records = (await consume('parts', 3, '--json')).map(line => JSON.parse(line))
    expect(records.find(({ value }) => value === 'x').partition).toBe(2)
    const keyed = records.filter(({ key }) => key === 'k')
    expect([keyed.length, new Set(keyed.map(({ partition }) => partition)).size]).toEqual([2, 1])
    expect(await run(['produce', 'parts', '-p', '4'], { input: 'x\n' })).toMatchObject({
      status: 2,
      stderr: 'odradek: parts has partitions 0 to 3\n',
    })
  })

  test('that are written by and by are sent as they come', async () => {
    await broker.createTopic('trickle')
    const producer = new RunningCommand(['produce', 'trickle', '-b', broker.bootstrap])
    const consumer = new RunningCommand(['consume', 'trickle', '--from-beginning', '-b', broker.bootstrap])
    for (let n = 1; n <= 3; n++) {
      producer.child.stdin!.write(`line ${n}\n`)
      expect(await consumer.lines(n)).toHaveLength(n)
    }
    producer.child.stdin!.end()
    await once(producer.child, 'close')
    expect(producer.child.exitCode).toBe(0)
    expect(consumer.stdout).toBe('line 1\nline 2\nline 3\n')
    await consumer.stop()
  })

  test('without --from-beginning only new ones are printed', async () => {
    await linesOf(['produce', 'news'], { input: 'old\n' })
    expect(await linesOf(['consume', 'news', '--max-messages', '0'])).toEqual([])
    const consumer = new RunningCommand(['consume', 'news', '-b', broker.bootstrap])
    // What is printed first is the first that came after it had begun; until it has, more is produced.
    for (let n = 0; consumer.stdout === ''; n++) await linesOf(['produce', 'news'], { input: `new ${n}\n` })
    expect((await consumer.lines(1))[0]).toMatch(/^new \d+$/)
    await consumer.stop()
  })

  test('that are too large are refused with the reason', async () => {
    await broker.createTopic('narrow', { configs: { 'max.message.bytes': 100 } })
    expect(await run(['produce', 'narrow'], { input: 'a'.repeat(200) })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^odradek: narrow, partition 0: MESSAGE_TOO_LARGE: .*\n$/),
    })
  })

  test('of a topic that is not there cannot be consumed', async () => {
    expect(await run(['consume', 'nowhere'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'odradek: topic nowhere: UNKNOWN_TOPIC_OR_PARTITION\n',
    })
  })

  test('are no longer printed when the reader has seen enough', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}`)
    await linesOf(['produce', 'long'], { input: lines.join('\n') })
    const consumer = new RunningCommand(['consume', 'long', '--from-beginning', '-b', broker.bootstrap])
    await consumer.lines(1)
    consumer.child.stdout!.destroy()
    await linesOf(['produce', 'long'], { input: 'one more\n' })
    if (consumer.child.exitCode === null) await once(consumer.child, 'exit')
    expect([consumer.child.exitCode, consumer.stderr]).toEqual([0, ''])
  })
})

describe('the broker to talk to', () => {
  test('is any of a list that answers', async () => {
    const list = `127.0.0.1:1,${broker.bootstrap}`
    expect(await odradek(['topics', 'list', '-b', list])).toMatchObject({ status: 0, stderr: '' })
  })

  test('has to be there', async () => {
    const { status, stderr } = await odradek(['topics', 'list', '-b', '127.0.0.1:1'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^odradek: no broker can be reached: 127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/)
  })

  test.each(['nonsense', 'host:', ':9092', 'host:port'])('%s is no address', async address => {
    expect(await odradek(['topics', 'list', '-b', address])).toMatchObject({
      status: 2,
      stderr: `odradek: ${address} is not of the form host:port\n`,
    })
  })
})

describe('the command line', () => {
  test('--version prints the version of the package, and nothing else', async () => {
    const { version } = require(join(__dirname, '../../package.json'))
    expect(await odradek(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([[['--help']], [['start', '--help']], [['produce', '--help']], [['topics', 'create', '--help']]])(
    '%j explains itself',
    async args => {
      const { status, stdout, stderr } = await odradek(args)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('Usage: odradek')
    },
  )

  test.each([
    [['--nope']],
    [['nope']],
    [['start', '--nope']],
    [['start', '--memory', '--data', 'd']],
    [['topics', 'create']],
    [['topics', 'create', 't', '--partitions', '0']],
    [['topics', 'create', 't', '--set', 'x']],
    [['produce', 't', '-z', 'zip']],
    [['consume', 't', '--max-messages', 'some']],
    [[]],
  ])('%j is wrong: code 2, and a hint', async args => {
    const { status, stdout, stderr } = await odradek(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/odradek/)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test('config prints all settings, for people or as a table', async () => {
    const [text, markdown] = await Promise.all([odradek(['config']), odradek(['config', '--markdown'])])
    expect([text.status, markdown.status]).toEqual([0, 0])
    for (const { stdout } of [text, markdown]) expect(stdout).toContain('log.retention.ms')
    expect(markdown.stdout).toMatch(/^\|.*\|$/m)
  })
})
