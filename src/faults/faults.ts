import type { Api } from '../../protocol/schema/api'
import type { Handler } from '../handlers/handler'
import type { RequestContext } from '../handlers/request-context'
import type { Logger } from '../io/logger'
import type { Random } from '../io/random'
import type { Timers } from '../io/timers'
import { Fault } from './fault'
import { checkFault, type FaultOptions } from './fault-options'
import { FaultyRequest } from './faulty-request'
import type { Structure, TopicNameById } from './request-names'
import { withoutFetchSession } from './session-free-fetch'

/** A fault that was added. */
export interface FaultHandle {
  readonly id: number
  readonly options: FaultOptions
  /** To how many requests it has happened. */
  readonly hits: number
  /** Nothing happens any more because of it, and what it delays goes on. */
  remove(): void
}

/** What goes wrong on purpose, for tests of those who use a broker. */
export interface FaultInjection {
  /**
   * From now on things go wrong as `options` say. Where several faults fit a request, the first that was added happens.
   * @throws FaultError that says what makes no sense
   */
  add(options: FaultOptions): FaultHandle
  /** All that were added and not removed, in order, those included that have happened as often as they should. */
  list(): readonly FaultHandle[]
  /** Removes all. */
  clear(): void
}

export interface FaultsOptions {
  /** Delays are measured by these. */
  readonly timers: Timers
  readonly randomOf: (seed: number) => Random
  readonly topicNameById: TopicNameById
  readonly logger: Logger
}

const SEED = 1

/** The faults of one broker. While there are none, a request pays for a look at a flag. */
export class Faults implements FaultInjection {
  readonly #options: FaultsOptions
  readonly #apis = new Map<string, Api>()
  readonly #faults = new Map<number, Fault>()
  #added = 0

  constructor(options: FaultsOptions) {
    this.#options = options
  }

  /** The handler as it behaves with faults. While there are any, what a connection asks for is served one after the other, as in Kafka. */
  wrap(handler: Handler): Handler {
    const faults = this.#faults
    this.#apis.set(handler.api.name, handler.api)
    return {
      ...handler,
      get barrier() {
        return handler.barrier || faults.size > 0
      },
      // One that waits looks at its request later.
      get borrowsRequests() {
        return handler.borrowsRequests && faults.size === 0
      },
      handle: (request, context) =>
        faults.size === 0 ? handler.handle(request, context) : this.#handle(handler, request, context),
    }
  }

  add(options: FaultOptions): FaultHandle {
    const checked = checkFault(options, this.#apis)
    const fault = new Fault(++this.#added, checked, this.#options.randomOf(checked.seed ?? SEED))
    this.#faults.set(fault.id, fault)
    this.#options.logger.warn('requests go wrong from now on, as was asked for', { fault: fault.id, ...checked })
    return this.#handleOf(fault)
  }

  list(): FaultHandle[] {
    return Array.from(this.#faults.values(), fault => this.#handleOf(fault))
  }

  clear(): void {
    for (const fault of this.#faults.values()) this.#remove(fault)
  }

  #handle(handler: Handler, asked: Structure, context: RequestContext): ReturnType<Handler['handle']> {
    const { topicNameById, timers } = this.#options
    const mayNameTopics = (fault: Fault) => fault.options.topic !== undefined && fault.concerns(handler.api, context)
    const faults = [...this.#faults.values()]
    const sessionFree = faults.some(mayNameTopics) ? withoutFetchSession(handler.api, asked) : { request: asked }
    if ('answer' in sessionFree) return sessionFree.answer
    const { request } = sessionFree
    const fault = faults.find(candidate => candidate.strikes(handler.api, request, context, topicNameById))
    if (!fault) return handler.handle(request, context)
    return new FaultyRequest(handler, request, context, topicNameById).outcome(fault, timers)
  }

  #remove(fault: Fault): void {
    if (!this.#faults.delete(fault.id)) return
    this.#options.logger.info('a fault was removed', { fault: fault.id, hits: fault.hits })
    fault.removed()
  }

  #handleOf(fault: Fault): FaultHandle {
    return {
      id: fault.id,
      options: fault.options,
      get hits() {
        return fault.hits
      },
      remove: () => this.#remove(fault),
    }
  }
}
