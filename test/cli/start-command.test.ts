import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBroker } from '../../src/broker/start-broker'
import { odradek, startedBroker } from '../support/command'
import { temporaryDirectory } from '../support/temporary-directory'

test('a broker says when it is ready, in one line, and stops in order when it is told to', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { command, bootstrap } = await startedBroker(['--memory'])
    expect(bootstrap).toMatch(/^127\.0\.0\.1:\d+$/)
    expect((await odradek(['topics', 'create', 't', '-b', bootstrap])).status).toBe(0)
    expect(await command.stop(signal)).toBe(0)
    expect(command.stdout).toBe(`odradek ready ${bootstrap}\n`)
    expect(command.stderr).toContain(`stopping on ${signal}`)
  }
})

test('all listeners are in the line', async () => {
  const { command, bootstrap } = await startedBroker([
    '--memory',
    '--set',
    'listeners=A://127.0.0.1:0,B://localhost:0',
    '--set',
    'listener.security.protocol.map=A:PLAINTEXT,B:PLAINTEXT',
    '--set',
    'inter.broker.listener.name=A',
  ])
  expect(bootstrap).toMatch(/^127\.0\.0\.1:\d+,localhost:\d+$/)
  await command.stop()
})

test('what was acknowledged survives a kill, and so do topics', async () => {
  const data = join(temporaryDirectory(), 'made', 'by', 'the', 'broker')
  const first = await startedBroker(['--data', data])
  await odradek(['produce', 't', '-b', first.bootstrap], { input: 'a\nb\nc\n' })
  expect(await first.command.stop('SIGKILL')).toBe('SIGKILL')
  const second = await startedBroker(['--data', data])
  const consumed = await odradek(['consume', 't', '--from-beginning', '--max-messages', '3', '-b', second.bootstrap])
  expect(consumed).toEqual({ status: 0, stdout: 'a\nb\nc\n', stderr: '' })
  expect(await second.command.stop()).toBe(0)
})

describe('settings', () => {
  /** Partitions of a topic that leaves the number to a broker started this way. */
  const defaultPartitions = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { command, bootstrap } = await startedBroker(['--memory', ...args], env)
    const { stdout } = await odradek(['topics', 'create', 't', '-b', bootstrap])
    await command.stop()
    return stdout
  }

  test('come from a file, are overridden by the environment, and that by the command line', async () => {
    const file = join(temporaryDirectory(), 'server.properties')
    writeFileSync(file, '# a comment\nnum.partitions = 2\n')
    const env = { KAFKA_NUM_PARTITIONS: '3' }
    const [ofFile, ofEnvironment, ofCommandLine] = await Promise.all([
      defaultPartitions(['--config', file]),
      defaultPartitions(['--config', file], env),
      defaultPartitions(['--config', file, '--set', 'num.partitions=4'], env),
    ])
    expect([ofFile, ofEnvironment, ofCommandLine]).toEqual([
      'created t with 2 partitions\n',
      'created t with 3 partitions\n',
      'created t with 4 partitions\n',
    ])
  })

  test('that have no effect are warned of', async () => {
    const { command } = await startedBroker(['--memory', '--set', 'num.io.threads=8'])
    await command.stop()
    expect(command.stderr).toContain('num.io.threads')
  })

  test.each([
    ['a bad value', ['--set', 'num.partitions=none'], /num\.partitions/],
    ['a value out of range', ['--set', 'num.partitions=0'], /num\.partitions/],
    ['what is no assignment', ['--set', 'num.partitions'], /num\.partitions/],
    ['a port that is none', ['--port', '70000'], /70000/],
    ['a file that is not there', ['--config', '/no/such/file'], /\/no\/such\/file/],
  ])('%s ends it with code 2 and the reason, before anything is done', async (_what, args, reason) => {
    const { status, stdout, stderr } = await odradek(['start', '--memory', ...args])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(reason)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test('a bad value in the environment or in a file is named with its place', async () => {
    const file = join(temporaryDirectory(), 'server.properties')
    writeFileSync(file, 'num.partitions=1\nlog.retention.ms=soon\n')
    const [inFile, inEnvironment] = await Promise.all([
      odradek(['start', '--memory', '--config', file]),
      odradek(['start', '--memory'], { env: { KAFKA_LOG_RETENTION_MS: 'soon' } }),
    ])
    expect(inFile).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/log\.retention\.ms=soon .*server\.properties/),
    })
    expect(inEnvironment).toMatchObject({ status: 2, stderr: expect.stringMatching(/KAFKA_LOG_RETENTION_MS/) })
  })
})

describe('a broker that cannot start says why in one line and ends with code 1', () => {
  const LINE = /^odradek: the broker cannot start: [^\n]+\n$/

  test('because the port is taken', async () => {
    const other = await startBroker()
    const { port } = other.listeners[0]!
    const { status, stdout, stderr } = await odradek([
      'start',
      '--memory',
      '--log-level',
      'error',
      '--port',
      String(port),
    ])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(LINE)
    expect(stderr).toContain('EADDRINUSE')
    await other.close()
  })

  test('because the directory is in use', async () => {
    const directory = temporaryDirectory()
    const other = await startBroker({ storage: 'disk', directory })
    const result = await odradek(['start', '--port', '0', '--log-level', 'error', '--data', directory])
    expect(result).toMatchObject({ status: 1, stdout: '' })
    expect(result.stderr).toMatch(LINE)
    expect(result.stderr).toContain(`${directory} is in use`)
    await other.close()
  })

  test('because the directory cannot be made', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, '')
    const result = await odradek(['start', '--port', '0', '--log-level', 'error', '--data', join(file, 'data')])
    expect(result).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(LINE) })
  })
})

test('a cluster that is new has the id that it was given, and keeps it; the log announces the broker', async () => {
  const data = join(temporaryDirectory(), 'data')
  const clusterIdAfter = async (clusterId: string) => {
    const { command } = await startedBroker(['--data', data, '--cluster-id', clusterId, '--announce', 'here it is'])
    await command.stop()
    expect(command.stderr).toContain('here it is')
    return readFileSync(join(data, 'meta.properties'), 'utf8').match(/cluster\.id=(.*)/)?.[1]
  }
  expect([await clusterIdAfter('first'), await clusterIdAfter('second')]).toEqual(['first', 'first'])
})
