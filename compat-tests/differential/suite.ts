import path from 'node:path'
import { Kafka } from '../kafka'
import { Odradek } from '../odradek'
import type { Suite, SuiteRun } from '../suite'
import { type Difference, differencesOf } from './comparison'
import { KNOWN_DIFFERENCES, type KnownDifference, knownDifference } from './known-differences'
import type { Script } from './script'
import { AREAS } from './scripts'
import { Stage } from './stage'
import { warmUp } from './steps'
import { type Address, addressOf, ConnectionClosed } from './wire-client'

/** Scripts that are played at the same time. */
const CONCURRENCY = 12

/** Scripts that take longer are named. */
const SLOW_SECONDS = 5

/** The same settings at both, besides the defaults of a single node; said also where they are defaults, which answers tell apart. */
const SETTINGS: Readonly<Record<string, string>> = {
  'group.initial.rebalance.delay.ms': '0',
  'node.id': '1',
  'num.partitions': '1',
  // So that scripts need not wait for long.
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
}

/** Our broker and a Kafka get the same requests and have to answer the same. */
export const differential: Suite = {
  name: 'differential',
  about: 'the same requests to our broker and to a Kafka, answers compared field by field (needs --kafka)',
  choices: AREAS.map(({ name }) => name),
  run: async run => {
    const { kafka: command, names } = run.options
    if (command === null) return run.skip('everything', '--kafka does not name a command that starts a Kafka')
    run.say('starting a Kafka and our broker')
    const kafka = await Kafka.create(command, path.join(run.directory, 'kafka'), SETTINGS)
    run.atEnd(() => kafka.stop())
    const odradek = await Odradek.start(path.join(run.directory, 'odradek'), SETTINGS)
    run.atEnd(() => odradek.stop())
    const chosen = AREAS.filter(({ name }) => names.includes(name))
    const isWhole = chosen.length === 0
    const scripts = (isWhole ? AREAS : chosen).flatMap(({ scripts }) => scripts)
    const player = new Differential(run, addressOf(odradek.bootstrap), addressOf(kafka.bootstrap))
    await player.all(scripts)
    if (isWhole) await run.check('every known difference is still there', async () => player.unseen())
  },
}

class Differential {
  readonly #run: SuiteRun
  readonly #ours: Address
  readonly #theirs: Address
  readonly #seen = new Set<KnownDifference>()

  constructor(run: SuiteRun, ours: Address, theirs: Address) {
    this.#run = run
    this.#ours = ours
    this.#theirs = theirs
  }

  async all(scripts: readonly Script[]): Promise<void> {
    await Promise.all([warmUp(this.#ours), warmUp(this.#theirs)])
    const queue = scripts.map((script, number) => ({ script, number }))
    const played = new Map<Script, () => Promise<string>>()
    const play = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { script, number } = next
        const startedAt = Date.now()
        const stages = await Promise.all([this.#ours, this.#theirs].map(at => playAt(script, at, `s${number}`)))
        const seconds = (Date.now() - startedAt) / 1000
        if (seconds > SLOW_SECONDS) this.#run.say(`${script.name} took ${seconds.toFixed(1)} s`)
        played.set(script, async () => this.#judge(script, stages[0]!, stages[1]!))
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, play))
    for (const script of scripts) await this.#run.check(script.name, played.get(script)!)
  }

  #judge(script: Script, ours: Stage, theirs: Stage): string {
    const failure = theirs.exchanges.find(({ outcome }) => outcome.kind === 'failed')?.outcome
    if (failure?.kind === 'failed') throw new Error(`the script failed at Kafka: ${failure.message}`)
    const known: string[] = []
    const unknown: string[] = []
    for (const difference of differencesOf(ours, theirs, Date.now())) {
      const entry = knownDifference(script.name, difference)
      if (entry) {
        this.#seen.add(entry)
        known.push(`${textOf(difference)}\n  known: ${entry.reason}`)
      } else unknown.push(textOf(difference))
    }
    if (unknown.length > 0) throw new Error([...unknown, ...known].join('\n'))
    const isClosed = theirs.exchanges.some(({ outcome }) => outcome.kind === 'closed')
    const seen = `${theirs.exchanges.length} steps${isClosed ? ', the connection is closed' : ''}`
    return [known.length > 0 ? `known differences, ${seen}` : `equal, ${seen}`, ...known].join('\n')
  }

  /** Throws when a known difference has not occurred. */
  unseen(): string {
    const unseen = KNOWN_DIFFERENCES.filter(known => !known.isRare && !this.#seen.has(known))
    if (unseen.length > 0)
      throw new Error(
        unseen.map(({ scripts, paths }) => `gone: ${paths.join(', ')} in ${scripts.join('; ')}`).join('\n'),
      )
    return `${this.#seen.size} known differences`
  }
}

const playAt = async (script: Script, address: Address, prefix: string): Promise<Stage> => {
  const stage = Stage.at(address, prefix)
  try {
    await script.play(stage)
  } catch (error) {
    const message = (error as Error).message
    const isRecorded = stage.exchanges.some(({ outcome }) => outcome.kind === 'failed' && outcome.message === message)
    if (!(error instanceof ConnectionClosed) && !isRecorded) {
      stage.exchanges.push({ request: 'the script', outcome: { kind: 'failed', message } })
    }
  } finally {
    stage.close()
  }
  return stage
}

const textOf = ({ where, ours, theirs }: Difference): string => `${where}\n  ours:   ${ours}\n  Kafka:  ${theirs}`
