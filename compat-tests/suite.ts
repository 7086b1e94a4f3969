import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Shows that our broker goes together with other programs, which are started as they are. */
export interface Suite {
  readonly name: string
  readonly about: string
  /** What can be named on the command line to be run of it alone. */
  readonly choices?: readonly string[]
  run(run: SuiteRun): Promise<void>
}

export interface SuiteOptions {
  /** A command that starts an Apache Kafka and runs its tools (see `kafka.ts`); null: there is none. */
  readonly kafka: string | null
  /** Whether to leave the files of the suite behind. */
  readonly keep: boolean
  /** `host:port` of a broker that runs already; null: the suite starts one. */
  readonly bootstrap: string | null
  /** What was named on the command line: suites, and choices of them. */
  readonly names: readonly string[]
  /** Whether results go into the README. */
  readonly writeReadme: boolean
}

export type Outcome = 'passed' | 'failed' | 'skipped'

export interface CheckResult {
  readonly suite: string
  readonly check: string
  readonly outcome: Outcome
  /** What was seen, or why not. */
  readonly detail: string
}

/** The exit code of programs that SIGINT has ended. */
const INTERRUPTED = 130

/** One run of a suite: a folder for its files, things to stop at its end, and what came out. */
export class SuiteRun {
  readonly options: SuiteOptions
  readonly directory: string
  readonly results: CheckResult[] = []
  readonly #suite: Suite
  readonly #cleanUps: (() => Promise<void> | void)[] = []

  private constructor(suite: Suite, options: SuiteOptions) {
    this.#suite = suite
    this.options = options
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), `odradek-compat-${suite.name}-`))
  }

  /** Runs a suite to its end; what it throws outside of a check is a failure, too. */
  static async of(suite: Suite, options: SuiteOptions): Promise<readonly CheckResult[]> {
    const run = new SuiteRun(suite, options)
    const interrupt = () => void run.#cleanUp().then(() => process.exit(INTERRUPTED))
    process.once('SIGINT', interrupt)
    try {
      await suite.run(run)
    } catch (error) {
      run.#report('(the suite itself)', 'failed', (error as Error).stack ?? String(error))
    }
    process.off('SIGINT', interrupt)
    await run.#cleanUp()
    return run.results
  }

  /** Reports whether `work` does what its name says: it fails by throwing. What it returns is shown as what was seen. */
  async check(name: string, work: () => Promise<string>): Promise<void> {
    const startedAt = Date.now()
    try {
      const seen = await work()
      this.#report(name, 'passed', `${seen} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
    } catch (error) {
      this.#report(name, 'failed', (error as Error).message)
    }
  }

  /** Reports something that was seen. */
  pass(name: string, seen: string): void {
    this.#report(name, 'passed', seen)
  }

  /** Reports what should not be. */
  fail(name: string, reason: string): void {
    this.#report(name, 'failed', reason)
  }

  /** Reports that something cannot be looked at here. */
  skip(name: string, reason: string): void {
    this.#report(name, 'skipped', reason)
  }

  /** Calls back when the suite is over, the last one first. */
  atEnd(cleanUp: () => Promise<void> | void): void {
    this.#cleanUps.push(cleanUp)
  }

  /** Does a part of the suite, and then stops what it has started. */
  async part(work: () => Promise<void>): Promise<void> {
    const before = this.#cleanUps.length
    try {
      await work()
    } finally {
      await this.#cleanUpTo(before)
    }
  }

  /** Tells people what goes on. */
  say(message: string): void {
    process.stderr.write(`  ... ${message}\n`)
  }

  #report(check: string, outcome: Outcome, detail: string): void {
    this.results.push({ suite: this.#suite.name, check, outcome, detail })
    const mark = { passed: '✓', failed: '✗', skipped: '-' }[outcome]
    console.log(`${mark} ${this.#suite.name}: ${check}\n    ${detail.replaceAll('\n', '\n    ')}`)
  }

  async #cleanUp(): Promise<void> {
    await this.#cleanUpTo(0)
    if (this.options.keep) this.say(`files are in ${this.directory}`)
    else fs.rmSync(this.directory, { recursive: true, force: true })
  }

  /** Stops what was started last until only so many are left. */
  async #cleanUpTo(left: number): Promise<void> {
    while (this.#cleanUps.length > left) {
      try {
        await this.#cleanUps.pop()!()
      } catch (error) {
        this.#report('(cleaning up)', 'failed', (error as Error).message)
      }
    }
  }
}

/** Throws when two texts differ, with the first line that does. Returns how many lines they have. */
export const sameLines = (what: string, actual: string, expected: string): number => {
  const [ours, theirs] = [actual.split('\n'), expected.split('\n')]
  const at = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, n) => n).find(n => ours[n] !== theirs[n])
  if (at !== undefined) {
    throw new Error(`${what}, line ${at + 1} of ${theirs.length}: ${ours[at]} instead of ${theirs[at]}`)
  }
  return ours.length - 1
}
