import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { join } from 'node:path'
import { lockFile } from '../../../src/io/node/process-lock'
import { childProgram, ended } from '../../support/child-program'
import { eventually } from '../../support/eventually'
import { temporaryDirectory } from '../../support/temporary-directory'

const program = join(__dirname, 'locking-program.ts')

/** Elsewhere there is no /proc to look at. */
const onLinux = process.platform === 'linux' ? test : test.skip

let path: string

beforeEach(() => {
  path = join(temporaryDirectory(), '.lock')
})

async function answerOf(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout!, 'data')
  return String(chunk).trim()
}

const lockInChild = () => childProgram(program, [path], ['pipe', 'pipe', 'inherit'])

const namesBeside = () => fs.readdirSync(join(path, '..'))

test('another process cannot take the lock while its owner lives', async () => {
  const owner = lockInChild()
  expect(await answerOf(owner)).toBe('locked')
  expect(() => lockFile(path)).toThrow(`in use by process ${owner.pid}`)
  expect(namesBeside()).toEqual(['.lock'])
})

test('the lock of a killed process is taken over', async () => {
  const owner = lockInChild()
  expect(await answerOf(owner)).toBe('locked')
  owner.kill('SIGKILL')
  await ended(owner)
  const lock = lockFile(path)
  expect(namesBeside()).toEqual(['.lock'])
  expect(() => lockFile(path)).toThrow('in use by this process')
  lock.release()
  expect(namesBeside()).toEqual([])
})

onLinux('a killed process that nobody has waited for holds no lock', async () => {
  // The shell becomes a program that never asks how its child ended.
  const script = '"$0" --require "$1" "$2" "$3" </dev/zero & exec sleep 60'
  const hook = join(__dirname, '../../support/typescript-hook.cjs')
  const parent = spawn('sh', ['-c', script, process.execPath, hook, program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect(await answerOf(parent)).toBe('locked')
  const pid = Number(fs.readFileSync(path, 'utf8').split(' ')[0])
  process.kill(pid, 'SIGKILL')
  await eventually(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
  lockFile(path).release()
  parent.kill('SIGKILL')
  await ended(parent)
})

onLinux(
  'a process with the same id but another start, or from before a restart of the machine, is not the owner',
  () => {
    const [pid, start, boot] = ownIdentity()
    for (const stale of [`${pid} 1 ${boot}`, `${pid} ${start} 00000000-0000-0000-0000-000000000000`]) {
      fs.writeFileSync(path, `${stale}\n`)
      lockFile(path).release()
    }
  },
)

test.each(['', '\n', 'nonsense', '-1 2', '0 0', '99999999 5', '1e3 x'])('a file that holds %j is no lock', content => {
  fs.writeFileSync(path, content)
  const lock = lockFile(path)
  expect(fs.readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `))
  lock.release()
})

test('leftovers of a process killed while it took the lock do no harm', () => {
  const own = ownIdentity()
  const dead = '99999999 1 x\n'
  fs.writeFileSync(path, dead)
  fs.writeFileSync(`${path}.takeover`, dead)
  fs.writeFileSync(`${path}.takeover.takeover`, dead)
  // Its temporary file, under an id that is ours now, is a second name of the lock.
  fs.linkSync(path, `${path}.${process.pid}.tmp`)
  const lock = lockFile(path)
  expect(fs.readFileSync(path, 'utf8')).toBe(`${own.join(' ')}\n`)
  expect(namesBeside()).toEqual(['.lock'])
  lock.release()
})

test('a lock that somebody is taking over is not free', async () => {
  const owner = childProgram(program, [`${path}.takeover`], ['pipe', 'pipe', 'inherit'])
  expect(await answerOf(owner)).toBe('locked')
  fs.writeFileSync(path, '99999999 1 x\n')
  expect(() => lockFile(path)).toThrow('ELOCKED')
  expect(fs.readFileSync(path, 'utf8')).toBe('99999999 1 x\n')
})

test('of many processes that find a stale lock at once, one gets it', async () => {
  for (let round = 0; round < 3; round++) {
    fs.writeFileSync(path, '99999999 1 x\n')
    const children = Array.from({ length: 6 }, lockInChild)
    const answers = await Promise.all(children.map(answerOf))
    expect(answers.sort()).toEqual(['ELOCKED', 'ELOCKED', 'ELOCKED', 'ELOCKED', 'ELOCKED', 'locked'])
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map(ended))
  }
})

onLinux('a lock held through the system, as by a running Kafka, is respected', async () => {
  fs.writeFileSync(path, '')
  const holder = spawn('flock', ['--no-fork', path, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  expect(await answerOf(holder)).toBe('locked')
  expect(() => lockFile(path)).toThrow(`in use by process ${holder.pid}`)
  holder.stdin.end()
  await ended(holder)
  lockFile(path).release()
})

function ownIdentity(): string[] {
  const lock = lockFile(path)
  const words = fs.readFileSync(path, 'utf8').trim().split(' ')
  lock.release()
  return words
}
