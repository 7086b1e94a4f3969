import { Actor } from './actor'
import { Abortable, Fenced, TransactionalClient } from './transactional-client'
import type { World } from './world'

export interface LedgerProducerOptions {
  readonly topic: string
  readonly partitions: number
  readonly transactionalId: string
}

const RECORDS_MAX = 3
const TIMEOUTS_MS = [3_000, 8_000]

/** Writes transactions over several partitions; commits some, aborts some, and lets some take longer than they may. */
export class LedgerProducer extends Actor {
  readonly #options: LedgerProducerOptions
  readonly #client: TransactionalClient
  readonly #timeoutMs: number
  #transactions = 0
  #isFinishing = false

  constructor(world: World, name: string, options: LedgerProducerOptions) {
    super(world, name)
    this.#options = options
    this.#timeoutMs = world.pick(TIMEOUTS_MS)
    this.#client = new TransactionalClient(this, {
      transactionalId: options.transactionalId,
      transactionTimeoutMs: this.#timeoutMs,
      generation: world.pick([1, 2]),
    })
  }

  finish(): void {
    this.#isFinishing = true
  }

  protected async live(): Promise<void> {
    await this.#recovered(() => this.#client.init())
    while (!this.#isFinishing) {
      await this.#recovered(() => this.#transaction())
      await this.idle(this.world.below(1_000))
    }
  }

  async #transaction(): Promise<void> {
    const { topic, partitions } = this.#options
    const id = `${this.name}#${this.#transactions++}`
    this.#client.begin(this.world.history.transaction(id))
    const isCommit = !this.world.oneIn(3)
    const isHasty = !isCommit && this.world.rarely(3)
    try {
      for (let write = 0; write < 1 + this.world.below(4); write++) {
        const count = 1 + this.world.below(RECORDS_MAX)
        const partition = this.world.below(partitions)
        await this.#client.write(
          topic,
          partition,
          Array.from({ length: count }, (_nothing, index) => `${id}/${write}/${index}`),
        )
        if (this.world.oneIn(3)) await this.idle(this.world.below(500))
        if (this.world.rarely(40)) await this.idle(this.#timeoutMs + 2_000)
      }
      if (isHasty) await this.#client.writeLate(topic, this.world.below(partitions), [`${id}/9/0`])
      await this.#client.end(isCommit)
      if (isHasty) await this.#client.init()
    } catch (error) {
      if (!(error instanceof Abortable)) throw error
      await this.#client.end(false)
    }
  }

  /** A producer that was fenced starts anew, as its process would. */
  async #recovered(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Fenced || error instanceof Abortable)) throw error
        this.note(`was fenced: ${error.message}`)
        await this.idle(500 + this.world.below(1_000))
        work = () => this.#client.init()
      }
    }
  }
}
