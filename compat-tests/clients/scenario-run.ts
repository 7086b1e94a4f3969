import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import readline from 'node:readline'
import { text } from 'node:stream/consumers'
import type { CommandLine } from './stock-client'

/** What a program has seen. */
export interface ClientCheck {
  readonly name: string
  /** null: the client has nothing of the kind. */
  readonly ok: boolean | null
  readonly detail: string
}

export interface ScenarioRunOptions {
  readonly command: CommandLine
  /** The folder of the program. */
  readonly folder: string
  readonly bootstrap: string
  /** The first part of all names that the program gives to topics, groups and the like. */
  readonly prefix: string
  /** Kills the broker and starts it again; null where that is not possible. */
  readonly crashBroker: (() => Promise<void>) | null
}

const TIMEOUT_MS = 150_000

/** What a program writes: a line of JSON for each check; everything else that it may print is of no interest. */
type Line = ClientCheck | { readonly ask: 'kill' | 'restart' }

/**
 * Runs a program of a client: `PROGRAM BOOTSTRAP SCENARIO PREFIX`. It prints a line of JSON for each of its checks and ends. In between it
 * may print `{"ask":"kill"}`, and is killed, or `{"ask":"restart"}`: the broker is killed and started again, and when that is done, the
 * standard input of the program ends.
 */
export const runScenario = async (scenario: string, options: ScenarioRunOptions): Promise<readonly ClientCheck[]> => {
  const { command, folder, bootstrap, prefix } = options
  const [program, ...args] = command
  const child = spawn(program, [...args, bootstrap, scenario, prefix], { cwd: folder, stdio: 'pipe' })
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
  const failed = once(child, 'error').then(([error]) => [failure(`it does not start: ${error.message}`)])
  try {
    return await Promise.race([checksOf(child, options.crashBroker), failed])
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

const failure = (detail: string): ClientCheck => ({ name: 'the program', ok: false, detail })

const checksOf = async (
  child: ChildProcess,
  crashBroker: ScenarioRunOptions['crashBroker'],
): Promise<readonly ClientCheck[]> => {
  const checks: ClientCheck[] = []
  const ended = once(child, 'close')
  const complaints = text(child.stderr!)
  let isToBeKilled = false
  child.stdin!.on('error', () => {})
  for await (const line of linesOf(child)) {
    if ('name' in line) checks.push(line)
    else if (line.ask === 'restart') {
      await crashBroker!()
      child.stdin!.end()
    } else {
      isToBeKilled = true
      child.kill('SIGKILL')
    }
  }
  const [code, signal] = await ended
  const tail = (await complaints).trim().split('\n').slice(-12).join('\n')
  if (code !== 0 && !isToBeKilled) checks.push(failure(`it ended with ${code ?? signal}: ${tail}`))
  else if (checks.length === 0 && !isToBeKilled) checks.push(failure(`it checked nothing: ${tail}`))
  return checks
}

async function* linesOf(child: ChildProcess): AsyncGenerator<Line> {
  for await (const line of readline.createInterface({ input: child.stdout! })) {
    if (line.startsWith('{"')) yield JSON.parse(line)
  }
}
