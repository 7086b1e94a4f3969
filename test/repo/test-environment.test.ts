import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../support/temporary-directory'
import { repositoryRoot } from './source-files'

test('a test file that leaves something open fails and is told what', () => {
  const rootDir = temporaryDirectory()
  const plant = (name: string, body: string) =>
    writeFileSync(join(rootDir, `${name}.test.js`), `test('it', () => {${body}})`)
  plant('server', "require('node:net').createServer().listen(0)")
  plant('timer', 'setTimeout(() => {}, 1e6)')
  plant('tidy', "setTimeout(() => {}, 1e6).unref(); require('node:net').createServer().listen(0).close()")
  const config = {
    rootDir,
    testEnvironment: join(repositoryRoot, 'test/support/test-environment.cjs'),
    cacheDirectory: join(rootDir, 'cache'),
    // As in our own configuration: makes jest use workers always.
    workerIdleMemoryLimit: '1GB',
  }
  const jest = join(repositoryRoot, 'node_modules/jest/bin/jest.js')
  const args = [jest, '--config', JSON.stringify(config), '--maxWorkers=2']
  const { stderr } = spawnSync(process.execPath, args, { cwd: rootDir, encoding: 'utf8' })
  expect(stderr).toMatch(/FAIL .*server\.test\.js[\s\S]*leaves open: TCPServerWrap/)
  expect(stderr).toMatch(/FAIL .*timer\.test\.js[\s\S]*leaves open: Timeout/)
  expect(stderr).toMatch(/PASS .*tidy\.test\.js/)
})
