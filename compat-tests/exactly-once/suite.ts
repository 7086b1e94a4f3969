import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { pause } from '../../bench/load/coordinator'
import { CLIENTS } from '../clients/stock-client'
import { type TestedBroker, testedBroker } from '../clients/tested-broker'
import { CannotPrepare, Workshop } from '../clients/workshop'
import { run } from '../command'
import { odradek } from '../odradek'
import type { Suite, SuiteRun } from '../suite'
import { GroupWatch } from './group-watch'

/** From the compiled place of this file: dist/compat-tests/exactly-once. */
const PROGRAMS = path.join(__dirname, '../../../compat-tests/exactly-once/programs.py')
const [INPUT, OUTPUT] = ['exactly-once-input', 'exactly-once-output']
const COUNT = 40_000
const CRASHES = 5
const BETWEEN_CRASHES_MS = 4_000
const POLL_MS = 100
/** That of the programs. */
const SESSION_TIMEOUT_MS = 6_000
const MEMBERS = { readers: 4, copiers: 2 }

/**
 * Kills the broker again and again while four consumers of a group read a topic and two loops copy it in transactions, all with librdkafka.
 */
export const exactlyOnce: Suite = {
  name: 'exactly-once',
  about: 'kill -9 under consumers and transactional copy loops: each record is copied once, groups are stable again',
  async run(run) {
    const python = await librdkafka(run)
    if (python === null) return
    const broker = await testedBroker(run)
    if (broker.crash === null) return run.skip('kill -9', 'the broker is not ours to kill')
    await new Show(run, broker, broker.crash, python).run()
  },
}

/** A Python that has confluent-kafka; null where there is none. */
const librdkafka = async (run: SuiteRun): Promise<string | null> => {
  try {
    const folder = await new Workshop().prepare(CLIENTS.find(({ name }) => name === 'confluent-kafka-python')!)
    return path.join(folder, '.venv', 'bin', 'python')
  } catch (error) {
    if (!(error instanceof CannotPrepare)) throw error
    run.skip('kill -9', error.message)
    return null
  }
}

class Show {
  readonly #run: SuiteRun
  readonly #broker: TestedBroker
  readonly #crash: () => Promise<void>
  readonly #python: string
  #watch!: GroupWatch

  constructor(run: SuiteRun, broker: TestedBroker, crash: () => Promise<void>, python: string) {
    this.#run = run
    this.#broker = broker
    this.#crash = crash
    this.#python = python
  }

  async run(): Promise<void> {
    const { bootstrap } = this.#broker
    for (const topic of [INPUT, OUTPUT]) {
      await odradek('topics', 'create', topic, '--partitions', '4', '--bootstrap-server', bootstrap)
    }
    this.#watch = new GroupWatch(bootstrap, Object.keys(MEMBERS))
    this.#run.atEnd(() => this.#watch.close())
    const feeding = this.#program('feed', String(COUNT))
    const copiers = ['copier-0', 'copier-1'].map(id => this.#start('copy', id))
    const readers = ['0', '1', '2', '3'].map(id => this.#start('read', id))
    await this.#run.check(`groups are stable within the session timeout after each of ${CRASHES} times kill -9`, () =>
      this.#crashes(),
    )
    await this.#run.check('all records were fed, and copied', async () => {
      await feeding
      while (this.#watch.committed('copiers') < COUNT) await pause(POLL_MS)
      return `${COUNT} records`
    })
    await Promise.all([...copiers, ...readers].map(stopped))
    await this.#run.check('each record is in the output exactly once for read_committed readers', () => this.#verify())
    await this.#run.check('no offset went back', async () => {
      if (this.#watch.complaints.length > 0) throw new Error(this.#watch.complaints.join('\n'))
      return `${this.#watch.committed('readers')} and ${this.#watch.committed('copiers')} at the end`
    })
  }

  async #crashes(): Promise<string> {
    await this.#watch.stable(MEMBERS)
    const delays: number[] = []
    for (let crash = 0; crash < CRASHES; crash++) {
      await pause(BETWEEN_CRASHES_MS)
      await this.#crash()
      const startedAt = performance.now()
      await this.#watch.stable(MEMBERS)
      delays.push(Math.round(performance.now() - startedAt))
    }
    if (Math.max(...delays) > SESSION_TIMEOUT_MS) throw new Error(`it took ${delays.join(', ')} ms`)
    return `${delays.join(', ')} ms after the starts`
  }

  async #verify(): Promise<string> {
    const { missing, repeated, found } = JSON.parse(await this.#program('verify', String(COUNT)))
    if (found === COUNT && missing.length === 0 && repeated.length === 0) return `${found} records`
    throw new Error(`${found} of ${COUNT}; missing: ${missing}; repeated: ${repeated}`)
  }

  #program(name: string, argument: string): Promise<string> {
    return run(this.#python, [PROGRAMS, name, this.#broker.bootstrap, argument])
  }

  /** A program that runs until it is stopped. */
  #start(name: string, argument: string): ChildProcess {
    const child = spawn(this.#python, [PROGRAMS, name, this.#broker.bootstrap, argument], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#run.atEnd(() => stopped(child))
    return child
  }
}

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
