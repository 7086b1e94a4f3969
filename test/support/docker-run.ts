import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary-directory'

const ROOT = join(__dirname, '../..')

/** The start script of the image with all its folders in a temporary one, and a command `odradek` that the test chooses. */
export class ImageOnDisk {
  readonly root = temporaryDirectory()
  readonly config = this.#folder('mnt/shared/config')
  readonly secrets = this.#folder('etc/kafka/secrets')
  readonly data = this.#folder('var/lib/kafka/data')
  readonly #script = join(this.root, 'run')
  readonly #bin = this.#folder('bin')

  /** `command` is a line of a shell script. */
  constructor(command: string) {
    const script = readFileSync(join(ROOT, 'docker/run'), 'utf8')
    writeFileSync(this.#script, script.replaceAll(/\/(mnt\/shared|etc\/kafka|var\/lib)/g, `${this.root}$&`))
    writeFileSync(join(this.#bin, 'odradek'), `#!/bin/sh\n${command}\n`)
    chmodSync(join(this.#bin, 'odradek'), 0o755)
  }

  /** Runs the script with nothing but these variables. */
  run(env: Readonly<Record<string, string>>, args: readonly string[] = []): ChildProcess {
    return spawn('sh', [this.#script, ...args], { env: { PATH: `${this.#bin}:${process.env['PATH']}`, ...env } })
  }

  #folder(path: string): string {
    const folder = join(this.root, path)
    mkdirSync(folder, { recursive: true })
    return folder
  }
}
