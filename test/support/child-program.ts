import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { join } from 'node:path'

const running = new Set<ChildProcess>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a TypeScript program in a process of its own, which is killed at the end of the test unless it has ended by itself. */
export function childProgram(path: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const hook = join(__dirname, 'typescript-hook.cjs')
  const child = spawn(process.execPath, ['--require', hook, path, ...args], { stdio })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Exit code, or the name of the signal that ended it. */
export function ended(child: ChildProcess): Promise<number | string | null> {
  return new Promise(resolve => child.once('exit', (code, signal) => resolve(code ?? signal)))
}
