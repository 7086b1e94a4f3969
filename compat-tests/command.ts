import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface CommandOptions {
  /** Written to its standard input. */
  readonly input?: string
  /** The folder in which it runs. */
  readonly cwd?: string
  /** It is killed after this many milliseconds. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 180_000

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

export interface CommandResult extends Output {
  /** The exit code, or the signal that has ended it. */
  readonly status: number | string | null
}

/** Runs a program to its end, however it ends. Rejects when it cannot be started. */
export const resultOf = async (
  program: string,
  args: readonly string[],
  { input = '', cwd, timeoutMs = TIMEOUT_MS }: CommandOptions = {},
): Promise<CommandResult> => {
  const child = spawn(program, args, { stdio: 'pipe', cwd, timeout: timeoutMs, killSignal: 'SIGKILL' })
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  // One that ends before it has read everything says so by its exit code.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { stdout, stderr, status }
}

/** Runs a program to its end. Rejects when it fails, with what it complained about. */
export const outputOf = async (program: string, args: readonly string[], options?: CommandOptions): Promise<Output> => {
  const { stdout, stderr, status } = await resultOf(program, args, options)
  if (status === 0) return { stdout, stderr }
  const tail = (stderr || stdout).trim().split('\n').slice(-20).join('\n')
  throw new Error(`${[program, ...args].join(' ').slice(0, 300)} ended with ${status}: ${tail}`)
}

/** The same, for those who are interested in its standard output only. */
export const run = async (program: string, args: readonly string[], options?: CommandOptions): Promise<string> =>
  (await outputOf(program, args, options)).stdout

/** Whether a program is there to be run. */
export const isInstalled = (program: string): boolean =>
  spawnSync(program, ['-V'], { stdio: 'ignore' }).error === undefined
