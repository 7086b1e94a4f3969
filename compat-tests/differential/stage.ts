import { setTimeout as pause } from 'node:timers/promises'
import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { type Address, ConnectionClosed, WireClient } from './wire-client'

/** What came back for one request. */
export type Outcome =
  | { readonly kind: 'answer'; readonly api: Api; readonly answer: unknown }
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly message: string }

/** One step of a script as it was played at one broker. */
export interface Exchange {
  /** For people: API and version. */
  readonly request: string
  outcome: Outcome
}

const SETTLE_WITHIN_MS = 15_000
const SETTLE_PAUSE_MS = 10

/** Where a script is played: one broker, its connections, and the record of what it has answered. */
export class Stage {
  readonly exchanges: Exchange[]
  readonly address: Address
  /** Begins all names of this script, so that scripts do not meet. */
  readonly prefix: string
  readonly #clients: WireClient[]
  #client: Promise<WireClient> | null = null

  private constructor(address: Address, prefix: string, exchanges: Exchange[], clients: WireClient[]) {
    this.address = address
    this.prefix = prefix
    this.exchanges = exchanges
    this.#clients = clients
  }

  static at(address: Address, prefix: string): Stage {
    return new Stage(address, prefix, [], [])
  }

  /** The same stage with a connection of its own: for members of a group that wait for each other. */
  another(): Stage {
    return new Stage(this.address, this.prefix, this.exchanges, this.#clients)
  }

  /** A name that no other script uses, the same at both brokers. */
  name(label: string): string {
    return `${this.prefix}-${label}`
  }

  /**
   * Sends a request; its answer is compared, or what `view` takes of it. Throws ConnectionClosed when the broker closes the connection,
   * which ends the script.
   */
  async send<A extends Api>(
    api: A,
    version: number,
    request: InputOf<A['request']>,
    view: (answer: MessageOf<A['response']>) => unknown = answer => answer,
  ): Promise<MessageOf<A['response']>> {
    return this.#record(`${api.name} ${version}`, async () => {
      const answer = await (await this.#connected()).send(api, version, request)
      return [{ kind: 'answer', api, answer: view(answer) }, answer]
    })
  }

  /** Sends a request again and again until the answer satisfies; only the last one is compared. */
  async settle<A extends Api>(
    api: A,
    version: number,
    request: InputOf<A['request']>,
    isSettled: (answer: MessageOf<A['response']>) => boolean,
    view: (answer: MessageOf<A['response']>) => unknown = answer => answer,
  ): Promise<MessageOf<A['response']>> {
    return this.#record(`${api.name} ${version}`, async () => {
      const answer = await this.quietly(api, version, request, isSettled)
      return [{ kind: 'answer', api, answer: view(answer) }, answer]
    })
  }

  /** The same without comparing anything: where brokers may differ in how long something takes. */
  async quietly<A extends Api>(
    api: A,
    version: number,
    request: InputOf<A['request']>,
    isSettled: (answer: MessageOf<A['response']>) => boolean = () => true,
  ): Promise<MessageOf<A['response']>> {
    const client = await this.#connected()
    for (const deadline = Date.now() + SETTLE_WITHIN_MS; ; await pause(SETTLE_PAUSE_MS)) {
      const answer = await client.send(api, version, request)
      if (isSettled(answer) || Date.now() > deadline) return answer
    }
  }

  /** Sends a request that is not answered. */
  async sendUnanswered<A extends Api>(api: A, version: number, request: InputOf<A['request']>): Promise<void> {
    const client = await this.#connected()
    client.sendUnanswered(api, version, request)
  }

  /** Sends a frame of these bytes; the bytes of the answer are compared. */
  async sendFrame(what: string, contents: Buffer): Promise<Buffer> {
    const length = Buffer.alloc(4)
    length.writeInt32BE(contents.length)
    return this.sendBytes(what, Buffer.concat([length, contents]))
  }

  async sendBytes(what: string, contents: Buffer): Promise<Buffer> {
    return this.#record(what, async () => {
      const client = await this.#connected()
      const bytes = await client.sendRaw([contents])
      return [{ kind: 'frame', bytes }, bytes]
    })
  }

  close(): void {
    for (const client of this.#clients.splice(0)) client.close()
  }

  /** The step has its place in the order in which scripts send, not in which brokers answer. */
  async #record<Result>(request: string, work: () => Promise<[Outcome, Result]>): Promise<Result> {
    const exchange: Exchange = { request, outcome: { kind: 'failed', message: 'the script ended before' } }
    this.exchanges.push(exchange)
    try {
      const [outcome, result] = await work()
      exchange.outcome = outcome
      return result
    } catch (error) {
      const isClosed = error instanceof ConnectionClosed
      exchange.outcome = isClosed ? { kind: 'closed' } : { kind: 'failed', message: (error as Error).message }
      throw error
    }
  }

  #connected(): Promise<WireClient> {
    this.#client ??= WireClient.connect(this.address).then(client => {
      this.#clients.push(client)
      return client
    })
    return this.#client
  }
}
