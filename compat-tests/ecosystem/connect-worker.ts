import fs from 'node:fs'
import path from 'node:path'
import type { SuiteRun } from '../suite'
import type { JavaProcess, JavaPrograms } from './java-programs'
import { ask, until } from './rest'

const MAIN = 'org.apache.kafka.connect.cli.ConnectDistributed'

interface Status {
  readonly connector: { readonly state: string }
  readonly tasks: readonly { readonly state: string; readonly trace?: string }[]
}

/** A worker of Kafka Connect in distributed mode, and its REST interface. */
export class ConnectWorker {
  readonly #java: JavaPrograms
  readonly #properties: string
  readonly #url: string
  #process: JavaProcess | null = null

  constructor(
    run: SuiteRun,
    java: JavaPrograms,
    { bootstrap, port }: { readonly bootstrap: string; readonly port: number },
  ) {
    this.#java = java
    this.#url = `http://127.0.0.1:${port}`
    this.#properties = path.join(run.directory, 'connect.properties')
    fs.writeFileSync(this.#properties, propertiesOf(bootstrap, this.#url))
  }

  /** Starts the worker; resolves when it is a member of its group. */
  async start(): Promise<void> {
    this.#process = this.#java.start('connect', MAIN, [this.#properties])
    await until('the worker serves', this.#process, async () => (await ask(`${this.#url}/connectors`)).ok)
  }

  async kill(): Promise<void> {
    await this.#process!.kill()
  }

  /** Creates a connector. Rejects when the worker refuses it. */
  async create(name: string, config: Readonly<Record<string, string>>): Promise<void> {
    await until(`${name} is created`, this.#process!, async () => {
      const answer = await ask(`${this.#url}/connectors/${name}/config`, 'PUT', { ...config, 'tasks.max': '1' })
      if (answer.status === 400) throw new Error(await answer.text())
      return answer.ok
    })
  }

  /** Resolves when connectors and their tasks run; fails with the trace of a task that has failed. */
  async running(names: readonly string[]): Promise<string> {
    for (const name of names) {
      await until(`${name} runs`, this.#process!, async () => {
        const answer = await ask(`${this.#url}/connectors/${name}/status`)
        if (!answer.ok) return false
        const { connector, tasks } = (await answer.json()) as Status
        const failed = tasks.find(({ state }) => state === 'FAILED')
        if (failed) throw new Error(`${name} has failed: ${failed.trace}`)
        return connector.state === 'RUNNING' && tasks.length > 0 && tasks.every(({ state }) => state === 'RUNNING')
      })
    }
    return `${names.join(' and ')} run`
  }
}

const propertiesOf = (bootstrap: string, url: string): string =>
  Object.entries({
    'bootstrap.servers': bootstrap,
    'group.id': 'connect',
    listeners: url,
    'config.storage.topic': 'connect-configs',
    'offset.storage.topic': 'connect-offsets',
    'status.storage.topic': 'connect-status',
    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'offset.storage.partitions': '5',
    'offset.flush.interval.ms': '1000',
    'exactly.once.source.support': 'enabled',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'session.timeout.ms': '10000',
    'heartbeat.interval.ms': '2000',
    'scheduled.rebalance.max.delay.ms': '2000',
    'plugin.discovery': 'only_scan',
    'consumer.auto.offset.reset': 'earliest',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
