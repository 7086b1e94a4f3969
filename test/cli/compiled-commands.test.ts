/** The commands as a user runs them: the compiled program in a process of its own. `npm test` has compiled it. */

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NodeDisk } from '../../src/io/node/node-disk'
import { KAFKA_DIRECTORY } from '../support/kafka-data'
import { temporaryDirectory } from '../support/temporary-directory'

const MAIN = join(__dirname, '../../dist/src/cli/main.js')

const odradek = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
  return { status, lines: stdout.split('\n').slice(0, -1), stderr }
}

describe('odradek dump', () => {
  test('prints files', () => {
    const log = join(KAFKA_DIRECTORY, 'plain-0/00000000000000000355.log')
    const index = join(KAFKA_DIRECTORY, 'plain-0/00000000000000000355.index')
    const { status, lines, stderr } = odradek('dump', log, index)
    expect([status, stderr]).toEqual([0, ''])
    expect(lines[0]).toBe(`${log}: 10759 bytes`)
    expect(lines[1]).toMatch(/^position 0: offsets 355 to \d+, \d records?, /)
    expect(lines[2]).toMatch(/^ {2}355 2023-11-14T/)
    expect(lines).toContain(`${index}: 128 bytes`)
    const batches = odradek('dump', '--no-records', log).lines
    expect(batches).toEqual(lines.slice(0, lines.indexOf(`${index}: 128 bytes`)).filter(line => !line.startsWith('  ')))
  })

  test('prints all files of a folder', () => {
    const folder = join(KAFKA_DIRECTORY, 'empty-0')
    const { lines } = odradek('dump', folder)
    for (const name of readdirSync(folder)) expect(lines.join('\n')).toContain(`${folder}/${name}: `)
  })

  test('says what it cannot open, and how it is called', () => {
    expect(odradek('dump', '/no/such.log')).toEqual({
      status: 1,
      lines: [],
      stderr: expect.stringMatching(/^odradek: ENOENT.*no\/such\.log'\n$/),
    })
    expect(odradek('dump').status).not.toBe(0)
    expect(odradek('dump', '--help').lines.join('\n')).toContain('Examples:')
  })
})

describe('odradek import', () => {
  test('brings topics in, once', () => {
    const target = join(temporaryDirectory(), 'data')
    const first = odradek('import', KAFKA_DIRECTORY, '--data', target)
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.lines).toEqual(
      expect.arrayContaining([
        'imported codecs: 1 partition',
        expect.stringMatching(/^7 topics, 7 partitions, \d+ bytes$/),
      ]),
    )
    expect(existsSync(join(target, 'plain-0/00000000000000000355.log'))).toBe(true)
    const second = odradek('import', KAFKA_DIRECTORY, '--data', target)
    expect(second).toMatchObject({ status: 1, lines: ['topic oversized has no partition here'] })
    expect(second.stderr).toMatch(/^odradek: nothing was imported:\n {2}topic __consumer_offsets exists already\n/)
  })

  test('leaves alone what a broker uses', () => {
    const target = temporaryDirectory()
    const lock = new NodeDisk().lock(join(target, '.lock'))
    expect(odradek('import', KAFKA_DIRECTORY, '--data', target)).toMatchObject({
      status: 1,
      stderr: `odradek: The log directory ${target} is in use by another broker.\n`,
    })
    lock.release()
  })

  test('refuses bad arguments with exit code 2', () => {
    const target = temporaryDirectory()
    expect(odradek('import', target, '--data', target)).toMatchObject({ status: 2, lines: [] })
    const configuration = join(target, 'server.properties')
    writeFileSync(configuration, 'node.id=minus one')
    const { status, stderr } = odradek('import', KAFKA_DIRECTORY, '--config', configuration)
    expect(status).toBe(2)
    expect(stderr).toContain('node.id')
    expect(odradek('import', '--help').lines.join('\n')).toContain('Examples:')
  })
})
