import net from 'node:net'
import path from 'node:path'
import { type Output, outputOf, run } from './command'

/** The distance between the port of a broker and that of its controller. */
const CONTROLLER_OFFSET = 100
const PORT_MAX = 65_535

/**
 * An Apache Kafka of one broker, which a command starts:
 *
 * - `COMMAND start --dir DIR --port PORT [--set name=value]...` returns when the broker answers on 127.0.0.1:PORT; a DIR with data is
 *   started again with these. The log directory is DIR/node-1; the controller may use PORT + 100.
 * - `COMMAND stop --dir DIR [--kill]` stops it in order, or by SIGKILL.
 * - `COMMAND tool CLASS [ARGUMENT]...` runs one of Kafka's command-line tools.
 */
export class Kafka {
  /** `host:port`. */
  readonly bootstrap: string
  /** Its log directory. */
  readonly logDirectory: string
  readonly #command: string
  readonly #directory: string
  readonly #port: number
  readonly #settings: Readonly<Record<string, string>>

  private constructor(command: string, directory: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#command = command
    this.#directory = directory
    this.#port = port
    this.#settings = settings
    this.bootstrap = `127.0.0.1:${port}`
    this.logDirectory = path.join(directory, 'node-1')
  }

  /** Starts a new broker with its files in `directory`. */
  static async create(
    command: string,
    directory: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Kafka> {
    const kafka = new Kafka(command, directory, await freePort(), settings)
    await kafka.start()
    return kafka
  }

  async start(): Promise<void> {
    const sets = Object.entries(this.#settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    await run(this.#command, ['start', '--dir', this.#directory, '--port', String(this.#port), ...sets])
  }

  async stop(): Promise<void> {
    await run(this.#command, ['stop', '--dir', this.#directory])
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await run(this.#command, ['stop', '--dir', this.#directory, '--kill'])
  }
}

/** Runs one of Kafka's tools. */
export const kafkaTool = (command: string, name: string, ...args: readonly string[]): Promise<Output> =>
  outputOf(command, ['tool', name, ...args])

/** Kafka's own producer, which is idempotent: `count` records of 100 bytes. */
export const producerPerformance = (
  command: string,
  bootstrap: string,
  { topic, codec, count }: { readonly topic: string; readonly codec: string; readonly count: number },
): Promise<Output> => {
  const properties = [`bootstrap.servers=${bootstrap}`, `compression.type=${codec}`]
  const load = ['--topic', topic, '--num-records', String(count), '--record-size', '100', '--throughput', '-1']
  return kafkaTool(command, 'ProducerPerformance', ...load, '--producer-props', ...properties)
}

/** A port on which nobody listens, nor where the controller of a broker there would be. */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = await portFor(0)
    if (port !== null && port + CONTROLLER_OFFSET <= PORT_MAX && (await portFor(port + CONTROLLER_OFFSET)) !== null) {
      return port
    }
  }
}

/** The port that the system gives for the wish; null when it is taken. */
const portFor = (wish: number): Promise<number | null> =>
  new Promise(resolve => {
    const server = net.createServer()
    server.once('error', () => resolve(null))
    server.listen(wish, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
