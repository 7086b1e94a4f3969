/** The examples as a reader runs them: by their test runners, against the compiled package. `npm test` has compiled it. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  jest: ['node_modules/jest/bin/jest.js', '--config', 'examples/jest/jest.config.js', '--ci'],
  'node-test': ['--test', 'examples/node-test/'],
  vitest: ['node_modules/vitest/vitest.mjs', 'run', '--root', 'examples/vitest'],
}

test('there is a runner for all examples', () => {
  const folders = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  expect(folders.map(({ name }) => name)).toEqual(Object.keys(RUNNERS))
})

test.each(Object.entries(RUNNERS))(
  'the examples for %s pass',
  (_name, args) => {
    // A test runner that finds itself within another one behaves differently.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(JEST|VITEST|NODE_(ENV|OPTIONS|TEST))/.test(name)),
    )
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' })
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' })
  },
  120_000,
)
