import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** The command as it is installed, compiled by `npm test` before the tests run. */
const ROOT = join(__dirname, '../..')
const COMMAND = join(ROOT, require(join(ROOT, 'package.json')).bin.odradek)

const running = new Set<ChildProcess>()

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})

export interface CommandOptions {
  /** What it reads from standard input; nothing by default. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface CommandResult {
  /** Exit code, or the signal that ended it. */
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

const launch = (args: readonly string[], env: CommandOptions['env'] = {}): ChildProcess => {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env } })
  running.add(child)
  child.once('close', () => running.delete(child))
  // One that ends early reads no more.
  child.stdin!.on('error', () => {})
  return child
}

const ended = async (child: ChildProcess): Promise<number | string> => {
  const [code, signal] =
    child.exitCode === null && child.signalCode === null
      ? await once(child, 'exit')
      : [child.exitCode, child.signalCode]
  return code ?? signal
}

/** Runs `odradek` with these arguments in a process of its own, to its end. */
export const odradek = async (
  args: readonly string[],
  { input = '', env }: CommandOptions = {},
): Promise<CommandResult> => {
  const child = launch(args, env)
  child.stdin!.end(input)
  const [status, stdout, stderr] = await Promise.all([ended(child), text(child.stdout!), text(child.stderr!)])
  return { status, stdout, stderr }
}

/** An `odradek` that runs beside the test; killed with it. */
export class RunningCommand {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''

  constructor(args: readonly string[], env?: CommandOptions['env']) {
    this.child = launch(args, env)
    this.child.stdout!.setEncoding('utf8').on('data', chunk => {
      this.stdout += chunk
    })
    this.child.stderr!.setEncoding('utf8').on('data', chunk => {
      this.stderr += chunk
    })
  }

  /** Resolves when standard output has so many lines; rejects when it ends before. */
  async lines(count: number): Promise<string[]> {
    for (;;) {
      const lines = this.stdout.split('\n').slice(0, -1)
      if (lines.length >= count) return lines
      if (this.child.stdout!.readableEnded) throw new Error(`it ended: ${this.stdout}${this.stderr}`)
      await Promise.race([once(this.child.stdout!, 'data'), once(this.child.stdout!, 'end')])
    }
  }

  /** Sends a signal; resolves with the exit code, or the signal, when all output has come. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    const closed = once(this.child, 'close')
    this.child.kill(signal)
    const [code, name] = await closed
    return code ?? name
  }
}

/** A broker that runs beside the test, and where it is reached: at a free port, unless the arguments name listeners. */
export const startedBroker = async (
  args: readonly string[],
  env?: CommandOptions['env'],
): Promise<{ readonly command: RunningCommand; readonly bootstrap: string }> => {
  const hasListeners = args.some(arg => arg.startsWith('listeners='))
  const command = new RunningCommand(['start', ...(hasListeners ? [] : ['--port', '0']), ...args], env)
  const [ready] = await command.lines(1)
  return { command, bootstrap: ready!.replace('odradek ready ', '') }
}
