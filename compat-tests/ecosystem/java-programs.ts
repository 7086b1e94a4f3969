import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import type { CommandLine, StockClient } from '../clients/stock-client'
import { CannotPrepare, Workshop } from '../clients/workshop'
import { run as outputOfProgram } from '../command'
import type { SuiteRun } from '../suite'

const OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']

/** Installs with Maven what the pom of a folder names; resolves to where it is, or to null where it cannot, which skips `what`. */
export const installed = async (
  run: SuiteRun,
  what: string,
  { folder, goals }: { readonly folder: string; readonly goals: readonly string[] },
): Promise<string | null> => {
  const maven: CommandLine = ['mvn', '--quiet', '--batch-mode', '-Dstyle.color=never', ...goals]
  const program: StockClient = {
    name: `ecosystem-${folder}`,
    folder: path.join('..', 'ecosystem', folder),
    toolchain: [
      ['java', '-version'],
      ['mvn', '--version'],
    ],
    prepare: [maven],
    inputs: /./,
    command: ['java'],
  }
  try {
    return await new Workshop().prepare(program)
  } catch (error) {
    if (!(error instanceof CannotPrepare)) throw error
    run.skip(what, error.message)
    return null
  }
}

/** Connect, Streams, MirrorMaker and our small programs, from `java/`. */
export class JavaPrograms {
  readonly #run: SuiteRun
  readonly #classPath: string

  private constructor(run: SuiteRun, folder: string) {
    this.#run = run
    const target = path.join(folder, 'target')
    this.#classPath = [path.join(target, 'classes'), path.join(target, 'dependency', '*')].join(path.delimiter)
  }

  /** Installs and builds; null where that cannot be done, which is reported as a skip of `what`. */
  static async of(run: SuiteRun, what: string): Promise<JavaPrograms | null> {
    const folder = await installed(run, what, {
      folder: 'java',
      goals: ['clean', 'package', 'dependency:copy-dependencies'],
    })
    return folder === null ? null : new JavaPrograms(run, folder)
  }

  /** Runs a program to its end, and returns what it has printed. */
  run(main: string, args: readonly string[], timeoutMs: number): Promise<string> {
    return outputOfProgram('java', [...OPTIONS, '-cp', this.#classPath, main, ...args], { timeoutMs })
  }

  /** The committed records of a topic, key and value with a tab between them; waits until there are `count`, and for a moment longer. */
  async read(bootstrap: string, topic: string, count: number): Promise<readonly string[]> {
    const args = [bootstrap, topic, String(count), String(PATIENCE_SECONDS)]
    const printed = await this.run('Read', args, READ_TIMEOUT_MS)
    return printed.trimEnd().split('\n')
  }

  /** Starts a program that runs until it is stopped; what it says goes into a file of the suite's folder. */
  start(name: string, main: string, args: readonly string[]): JavaProcess {
    return JavaProcess.start(this.#run, name, ['-cp', this.#classPath, main, ...args])
  }
}

/** How long a reader waits for a record that is missing. */
const PATIENCE_SECONDS = 60
const READ_TIMEOUT_MS = 300_000

/** A Java process that runs until it is stopped. */
export class JavaProcess {
  /** Where what it says goes. */
  readonly log: string
  readonly #child: ChildProcess

  private constructor(args: readonly string[], log: string) {
    this.log = log
    const output = fs.openSync(log, 'a')
    this.#child = spawn('java', [...OPTIONS, ...args], { stdio: ['ignore', output, output] })
    fs.closeSync(output)
  }

  /** Starts one that is stopped at the end of the suite at the latest. */
  static start(run: SuiteRun, name: string, args: readonly string[]): JavaProcess {
    const process = new JavaProcess(args, path.join(run.directory, `${name}.log`))
    run.atEnd(() => process.stop())
    return process
  }

  /** The last lines of what it said. */
  lastWords(): string {
    return fs.readFileSync(this.log, 'utf8').trim().split('\n').slice(-15).join('\n')
  }

  /** In order. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal)
    await once(this.#child, 'exit')
  }
}
