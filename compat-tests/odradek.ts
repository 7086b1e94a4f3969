import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { run } from './command'

/** From the compiled place of this file: dist/compat-tests. */
const MAIN = path.join(__dirname, '../odradek.cjs')

/** Runs a command of ours to its end. */
export const odradek = (...args: readonly string[]): Promise<string> => run(process.execPath, [MAIN, ...args])

/** A broker of ours in a process of its own. */
export class Odradek {
  readonly bootstrap: string
  readonly #child: ChildProcess
  readonly #log: Promise<string>

  private constructor(child: ChildProcess, bootstrap: string, log: Promise<string>) {
    this.#child = child
    this.bootstrap = bootstrap
    this.#log = log
  }

  /** Starts, on a free port unless one is given; resolves when requests are served. */
  static async start(directory: string, settings: Readonly<Record<string, string>> = {}, port = 0): Promise<Odradek> {
    const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const args = [MAIN, 'start', '--port', String(port), '--data', directory, '--log-level', 'warn', ...sets]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const log = text(child.stderr)
    const exited = once(child, 'exit').then(async () => {
      throw new Error(`the broker did not start: ${await log}`)
    })
    exited.catch(() => {})
    const [line] = await Promise.race([once(child.stdout, 'data'), exited])
    const [, bootstrap] = /odradek ready (\S+)/.exec(String(line))!
    return new Odradek(child, bootstrap!, log)
  }

  /** Stops in order; rejects when the broker does not end well. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    const [exitCode] = await once(this.#child, 'exit')
    if (exitCode !== 0) throw new Error(`the broker ended with ${exitCode}: ${await this.#log}`)
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
