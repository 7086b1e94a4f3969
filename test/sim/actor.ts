import { ErrorCode, errorName } from '../../protocol/errors'
import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { TestClient } from '../support/test-client'
import { PORT } from './simulated-network'
import type { World } from './world'

/** The process of the actor is dead. */
export class Halted extends Error {
  override readonly name = 'Halted'
}

/** The connection broke; whether the request was served is not known. */
export class Disconnected extends Error {
  override readonly name = 'Disconnected'
}

/** No request waits longer than this at a broker that lives, in virtual milliseconds. */
const ANSWER_MS_MAX = 60_000
const RETRY_MS_MAX = 400

/** What passes when it is tried again. */
const RETRIABLE: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.UNSTABLE_OFFSET_COMMIT,
])

export const isRetriable = (errorCode: number): boolean => RETRIABLE.has(errorCode)

/** A client process: it speaks the protocol over connections of its own until it is halted. */
export abstract class Actor {
  readonly name: string
  readonly world: World
  readonly #connections = new Map<string, Promise<TestClient>>()
  #isHalted = false
  #isOver = false

  constructor(world: World, name: string) {
    this.world = world
    this.name = name
  }

  /** It lives no longer, because it was halted or had no more to do. */
  get isOver(): boolean {
    return this.#isOver || this.#isHalted
  }

  start(): this {
    this.note('starts')
    this.live().then(
      () => this.#over('is done'),
      (error: unknown) => {
        if (!(error instanceof Halted))
          this.world.violated(`${this.name} failed: ${error instanceof Error ? error.stack : error}`)
        this.#over('is dead')
      },
    )
    return this
  }

  /** The process dies: it says good-bye to nobody. */
  halt(): void {
    if (this.#isHalted) return
    this.#isHalted = true
    this.note('dies')
    this.#disconnect()
  }

  protected abstract live(): Promise<void>

  note(what: string): void {
    this.world.trace.add(this.name, what)
  }

  protected async idle(ms: number): Promise<void> {
    await this.world.idle(ms)
    this.#checkAlive()
  }

  /** Sends one request over the connection of this purpose, which is made when there is none. */
  async ask<A extends Api>(
    purpose: string,
    api: A,
    version: number,
    request: InputOf<A['request']>,
  ): Promise<MessageOf<A['response']>> {
    this.#checkAlive()
    const connecting = this.#connectionFor(purpose)
    try {
      const connection = await connecting
      this.#checkAlive()
      const overdue = this.world.timers.after(ANSWER_MS_MAX, () =>
        this.world.violated(`${this.name} gets no answer to ${api.name} ${version}`),
      )
      const answer = await connection.send(api, version, request).finally(() => overdue.cancel())
      this.#checkAlive()
      return answer
    } catch (error) {
      if (error instanceof Halted || this.#isHalted) throw new Halted()
      if (this.#connections.get(purpose) === connecting) this.#connections.delete(purpose)
      this.note(`${api.name}: disconnected`)
      throw new Disconnected(String(error))
    }
  }

  /** Asks until there is an answer that is more than a request to wait; requests whose answers are lost are sent again. */
  async persist<Answer>(ask: () => Promise<Answer>, errorCodeOf: (answer: Answer) => number): Promise<Answer> {
    for (;;) {
      try {
        const answer = await ask()
        if (!isRetriable(errorCodeOf(answer))) return answer
        this.note(errorName(errorCodeOf(answer)))
      } catch (error) {
        if (!(error instanceof Disconnected)) throw error
      }
      await this.idle(1 + this.world.below(RETRY_MS_MAX))
    }
  }

  /** An answer that no client should ever get. */
  unexpected(api: string, errorCode: number): void {
    this.world.violated(`${this.name} did not expect ${errorName(errorCode)} from ${api}`)
  }

  #connectionFor(purpose: string): Promise<TestClient> {
    let connection = this.#connections.get(purpose)
    if (!connection) {
      connection = TestClient.connect(this.world.network as never, { host: 'localhost', port: PORT })
      this.#connections.set(purpose, connection)
      connection.then(
        client => {
          if (this.#isHalted) void client.destroy()
        },
        () => {},
      )
    }
    return connection
  }

  #disconnect(): void {
    for (const connection of this.#connections.values()) {
      connection.then(
        client => void client.destroy(),
        () => {},
      )
    }
    this.#connections.clear()
  }

  #over(what: string): void {
    this.#isOver = true
    this.note(what)
    this.#disconnect()
  }

  #checkAlive(): void {
    if (this.#isHalted) throw new Halted()
  }
}
