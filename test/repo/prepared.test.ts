import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryDirectory } from '../support/temporary-directory'
import { repositoryRoot } from './source-files'

/** npm and tsc of a repository in miniature only say that they were called, and do the least. */
const NPM = `
const fs = require('node:fs')
fs.appendFileSync('calls', 'npm ' + process.argv.slice(2, 3) + '\\n')
if (fs.existsSync('npm-fails')) process.exit(3)
console.log('npm speaks')
fs.mkdirSync('node_modules/typescript/bin', { recursive: true })
fs.writeFileSync('node_modules/typescript/bin/tsc', fs.readFileSync('tsc.js'))
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')`

const TSC = `
const fs = require('node:fs')
fs.appendFileSync('calls', 'tsc ' + process.argv.slice(2).join(' ') + '\\n')
if (fs.existsSync('tsc-fails')) process.exit(2)
fs.mkdirSync('dist', { recursive: true })
fs.copyFileSync('src/main.ts', 'dist/main.js')`

const lockfile = (version: string) =>
  JSON.stringify({
    packages: {
      '': {},
      'node_modules/kept': { version },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    },
  })

let root: string

const put = (path: string, content: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

beforeEach(() => {
  root = temporaryDirectory()
  put('package.json', '{}')
  put('package-lock.json', lockfile('1.0.0'))
  put('npm.js', NPM)
  put('tsc.js', TSC)
  put('src/main.ts', 'console.log(JSON.stringify(process.argv.slice(1)), require.main === module)')
  mkdirSync(join(root, '.ci'))
  copyFileSync(join(repositoryRoot, '.ci/prepared.cjs'), join(root, '.ci/prepared.cjs'))
})

function start(...args: string[]) {
  rmSync(join(root, 'calls'), { force: true })
  const command = [join(root, '.ci/prepared.cjs'), 'dist/main.js', ...args]
  const env = { ...process.env, npm_execpath: join(root, 'npm.js') }
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: '/', env, encoding: 'utf8' })
  const calls = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trimEnd().split('\n') : []
  return { status, stdout, calls }
}

const BUILD = 'tsc -p tsconfig.build.json'

test('a fresh clone is installed and compiled, then the script runs as if it had been started itself', () => {
  expect(start('start', '--port', '9093')).toEqual({
    status: 0,
    stdout: `${JSON.stringify([join(root, 'dist/main.js'), 'start', '--port', '9093'])} true\n`,
    calls: ['npm ci', BUILD],
  })
})

test('the second time nothing is done', () => {
  start()
  expect(start()).toMatchObject({ status: 0, calls: [] })
})

test('packages are installed again when the lockfile asks for others, or when an installation was broken off', () => {
  start()
  put('package-lock.json', lockfile('1.0.1'))
  expect(start().calls).toEqual(['npm ci'])
  rmSync(join(root, 'node_modules/.package-lock.json'))
  expect(start().calls).toEqual(['npm ci'])
})

test('packages of other platforms may be missing', () => {
  start()
  const installed = { packages: { 'node_modules/kept': { version: '1.0.0' } } }
  put('node_modules/.package-lock.json', JSON.stringify(installed))
  expect(start().calls).toEqual([])
  put('node_modules/.package-lock.json', JSON.stringify({ packages: {} }))
  expect(start().calls).toEqual(['npm ci'])
})

test.each([
  ['changed', () => put('src/main.ts', "console.log('changed')")],
  ['added', () => put('protocol/wire/reader.ts', '')],
  ['removed', () => rmSync(join(root, 'src/gone.ts'))],
])('sources are compiled again when one was %s', (_what, change) => {
  put('src/gone.ts', '')
  start()
  change()
  expect(start().calls).toEqual([BUILD])
  expect(start().calls).toEqual([])
})

test('what fails ends it with its exit code, and is tried again the next time', () => {
  put('npm-fails', '')
  expect(start()).toEqual({ status: 3, stdout: '', calls: ['npm ci'] })
  rmSync(join(root, 'npm-fails'))
  put('tsc-fails', '')
  expect(start()).toEqual({ status: 2, stdout: '', calls: ['npm ci', BUILD] })
  rmSync(join(root, 'tsc-fails'))
  expect(start()).toMatchObject({ status: 0, calls: [BUILD] })
})
