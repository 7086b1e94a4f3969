import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { run } from '../command'

const REPOSITORY = 'https://github.com/tulios/kafkajs.git'

/** The newest commit when this was written: 2.2.4 and a few later changes of its documentation. */
const COMMIT = '55b0b416308b9e597a5a6b97b0a6fd6b846255dc'

const PREPARE_TIMEOUT_MS = 900_000

/** Adds partitions to a topic; kafkajs has a script for it that needs its containers. */
const ADD_PARTITIONS = path.join(__dirname, 'add-partitions.js')

/** A copy of kafkajs's repository with its packages installed, outside of both repositories. */
export class Checkout {
  /** The root of the copy. */
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  /** Makes the copy, of a checkout that somebody has (it is not changed) or of a clone. Later ones reuse the packages. */
  static async prepare(checkout: string | null): Promise<Checkout> {
    const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'odradek-kafkajs-suite')
    const source = checkout ?? (await clone(path.join(cache, COMMIT)))
    const copy = new Checkout(path.join(cache, 'copy'))
    copy.#fill(path.resolve(source))
    await copy.#install()
    return copy
  }

  /** kafkajs's version. */
  get version(): string {
    return JSON.parse(this.#read('package.json')).version
  }

  /** The files with tests, from the root: all but those of the encoding, which are about bytes alone. */
  get testFiles(): string[] {
    return fs
      .readdirSync(path.join(this.directory, 'src'), { recursive: true, encoding: 'utf8' })
      .map(name => `src/${name.replaceAll(path.sep, '/')}`)
      .filter(name => name.endsWith('.spec.js') && !name.startsWith('src/protocol/'))
      .sort()
  }

  #fill(source: string): void {
    const keep = path.join(this.directory, 'node_modules')
    fs.mkdirSync(keep, { recursive: true })
    for (const name of fs.readdirSync(this.directory)) {
      if (name !== 'node_modules') fs.rmSync(path.join(this.directory, name), { recursive: true })
    }
    for (const name of ['src', 'testHelpers', 'types', 'index.js', 'package.json', 'yarn.lock', 'jest.config.js']) {
      fs.cpSync(path.join(source, name), path.join(this.directory, name), { recursive: true })
    }
    const scripts = path.join(this.directory, 'scripts')
    fs.mkdirSync(scripts)
    const addPartitions = `#!/bin/sh\nexec '${process.execPath}' '${ADD_PARTITIONS}'\n`
    fs.writeFileSync(path.join(scripts, 'addPartitions.sh'), addPartitions, { mode: 0o755 })
  }

  async #install(): Promise<void> {
    const stamp = path.join(this.directory, 'node_modules/.installed')
    const wanted = createHash('sha256').update(this.#read('package.json')).update(this.#read('yarn.lock')).digest('hex')
    if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    await run('npm', args, { cwd: this.directory, timeoutMs: PREPARE_TIMEOUT_MS })
    fs.writeFileSync(stamp, wanted)
  }

  #read(name: string): string {
    return fs.readFileSync(path.join(this.directory, name), 'utf8')
  }
}

const clone = async (directory: string): Promise<string> => {
  const git = (...args: readonly string[]) => run('git', ['-C', directory, ...args], { timeoutMs: PREPARE_TIMEOUT_MS })
  fs.mkdirSync(directory, { recursive: true })
  await git('init', '--quiet')
  await git('fetch', '--quiet', '--depth', '1', REPOSITORY, COMMIT).catch((error: Error) => {
    throw new Error(`kafkajs cannot be cloned; --kafkajs names a checkout. ${error.message}`)
  })
  await git('checkout', '--quiet', '--force', 'FETCH_HEAD')
  return directory
}
