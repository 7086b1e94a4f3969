import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../free-port'

interface Result {
  readonly metric: Readonly<Record<string, string>>
  /** Seconds, and the value as text. */
  readonly value: readonly [number, string]
}

export interface Rule {
  readonly name: string
  readonly health: string
  readonly state: string
  readonly lastError?: string
}

interface Target {
  readonly health: string
  readonly lastError: string
  /** Seconds. */
  readonly lastScrapeDuration: number
}

const READY_WITHIN_MS = 60_000
const POLL_MS = 200

/** A Prometheus in a process of its own. */
export class PrometheusServer {
  readonly #url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.#url = url
    this.#child = child
  }

  /** Starts with a configuration file; resolves when it answers queries. */
  static async start(directory: string, config: string): Promise<PrometheusServer> {
    const configFile = path.join(directory, 'prometheus.yml')
    fs.writeFileSync(configFile, config)
    const address = `127.0.0.1:${await freePort()}`
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=${address}`,
    ]
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const log = text(child.stderr)
    const server = new PrometheusServer(`http://${address}`, child)
    await eventually('Prometheus is ready', async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${(await log).slice(-2000)}`)
      return (await fetch(`http://${address}/-/ready`).catch(() => null))?.ok === true
    })
    return server
  }

  /** The instant values of an expression. Rejects when Prometheus does not understand it. */
  async query(expression: string): Promise<readonly Result[]> {
    const { result } = await this.#ask<{ result: readonly Result[] }>(`query?query=${encodeURIComponent(expression)}`)
    return result
  }

  /** The one value of an expression; null when it has none (yet). */
  async value(expression: string): Promise<number | null> {
    const [first] = await this.query(expression)
    return first ? Number(first.value[1]) : null
  }

  async rules(): Promise<readonly Rule[]> {
    const { groups } = await this.#ask<{ groups: readonly { readonly rules: readonly Rule[] }[] }>('rules')
    return groups.flatMap(group => group.rules)
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.#ask<{ activeTargets: readonly Target[] }>('targets')).activeTargets
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }

  async #ask<Data>(what: string): Promise<Data> {
    const response = await fetch(`${this.#url}/api/v1/${what}`)
    const answer = (await response.json()) as { status: string; error?: string; data: Data }
    if (answer.status !== 'success') throw new Error(`Prometheus refuses ${decodeURIComponent(what)}: ${answer.error}`)
    return answer.data
  }
}

/** Waits until `condition` holds, at most a minute. */
export const eventually = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it never came true: ${what}`)
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}
