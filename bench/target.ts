import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { ErrorCode, errorName } from '../protocol/errors'
import { ListOffsets } from '../protocol/messages/02-list-offsets'
import { CreateTopics } from '../protocol/messages/19-create-topics'
import { DeleteTopics } from '../protocol/messages/20-delete-topics'
import { type Address, cpuSeconds, listenerPid, residentMiB } from './broker-process'
import { BEGUN } from './load/heartbeat-load'
import { LoadConnection } from './load/load-connection'
import type { Load } from './load/worker'

const WORKER = path.join(__dirname, 'load/worker.js')
const CREATE_VERSION = 5
const DELETE_VERSION = 4
const LIST_OFFSETS_VERSION = 5
const LATEST = -1
const POLL_MS = 50
const TIMEOUT_MS = 120_000
/** Brokers refuse more in one request. */
const PARTITIONS_PER_TOPIC = 10_000

type WithoutAddress<L> = L extends Load ? Omit<L, 'host' | 'port'> : never

/** A broker that is measured. Its process is looked at through /proc, where it runs on this machine. */
export class Target {
  readonly name: string
  readonly address: Address
  readonly #pid: number | null
  #topics = 0

  constructor(name: string, address: Address) {
    this.name = name
    this.address = address
    this.#pid = listenerPid(address)
  }

  get residentMiB(): number {
    return this.#pid === null ? Number.NaN : residentMiB(this.#pid)
  }

  /** CPU seconds that the broker has used so far. */
  get cpuSeconds(): number {
    return this.#pid === null ? Number.NaN : cpuSeconds(this.#pid)
  }

  /** Runs a load in a process of its own. `begun` is called when one that says so has been built up. */
  async run<Result>(load: WithoutAddress<Load>, begun: () => void = () => {}): Promise<Result> {
    const worker = spawn(process.execPath, [WORKER, JSON.stringify({ ...load, ...this.address })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    worker.stdout.on('data', chunk => {
      output += chunk
      if (output.startsWith(BEGUN)) begun()
    })
    worker.stderr.on('data', chunk => {
      errors += chunk
    })
    const [exitCode] = await once(worker, 'close')
    if (exitCode !== 0) throw new Error(`${this.name}: ${errors}`)
    return JSON.parse(output.replace(BEGUN, '')) as Result
  }

  /** Creates a topic for the time of `use`. */
  async withTopic<Result>(
    partitions: number,
    use: (topic: string) => Promise<Result>,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<Result> {
    const topic = `bench-${process.pid}-${this.#topics++}`
    await this.createTopic(topic, partitions, configs)
    try {
      return await use(topic)
    } finally {
      await this.#admin(connection =>
        connection.request(DeleteTopics, DELETE_VERSION, { topicNames: [topic], timeoutMs: TIMEOUT_MS }),
      )
    }
  }

  async createTopic(
    name: string,
    numPartitions: number,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (numPartitions > PARTITIONS_PER_TOPIC) throw new RangeError('too many partitions for one topic')
    const { topics } = await this.#admin(connection =>
      connection.request(CreateTopics, CREATE_VERSION, {
        topics: [{ name, numPartitions, replicationFactor: 1, configs: entriesOf(configs) }],
        timeoutMs: TIMEOUT_MS,
      }),
    )
    const { errorCode, errorMessage } = topics[0]!
    if (errorCode !== ErrorCode.NONE) throw new Error(`${this.name}: ${errorName(errorCode)} ${errorMessage}`)
    while (!(await this.#isServed(name, numPartitions))) await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }

  /** Kafka answers CreateTopics before its brokers know that they lead the partitions. */
  async #isServed(name: string, count: number): Promise<boolean> {
    const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp: LATEST }))
    const { topics } = await this.#admin(connection =>
      connection.request(ListOffsets, LIST_OFFSETS_VERSION, { replicaId: -1, topics: [{ name, partitions }] }),
    )
    return topics[0]!.partitions.every(({ errorCode }) => errorCode === ErrorCode.NONE)
  }

  async #admin<Result>(ask: (connection: LoadConnection) => Promise<Result>): Promise<Result> {
    const connection = await LoadConnection.open(this.address.host, this.address.port)
    try {
      return await ask(connection)
    } finally {
      connection.close()
    }
  }
}

const entriesOf = (configs: Readonly<Record<string, string>>) =>
  Object.entries(configs).map(([name, value]) => ({ name, value }))
