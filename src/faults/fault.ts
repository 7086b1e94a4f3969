import { Metadata } from '../../protocol/messages/03-metadata'
import type { Api } from '../../protocol/schema/api'
import type { RequestContext } from '../handlers/request-context'
import type { Random } from '../io/random'
import type { FaultOptions } from './fault-options'
import { namesGroup, type Structure, selectTopics, type TopicNameById } from './request-names'

/** Chances are drawn in steps of one in so many. */
const CHANCES = 2 ** 30

const asksForAllTopics = (api: Api, request: Structure): boolean =>
  api.key === Metadata.key && request['topics'] === null

/** One fault: which requests it happens to, and how often it has. */
export class Fault {
  readonly id: number
  readonly options: FaultOptions
  readonly #random: Random
  readonly #removalListeners = new Set<() => void>()
  #hits = 0

  /** `random` is drawn from for nothing else. */
  constructor(id: number, options: FaultOptions, random: Random) {
    this.id = id
    this.options = options
    this.#random = random
  }

  /** How often it has happened. */
  get hits(): number {
    return this.#hits
  }

  get isOver(): boolean {
    return this.#hits >= (this.options.times ?? Number.POSITIVE_INFINITY)
  }

  /** Calls `callback` when the fault is removed; the result takes it back. */
  onRemoved(callback: () => void): () => void {
    this.#removalListeners.add(callback)
    return () => void this.#removalListeners.delete(callback)
  }

  removed(): void {
    for (const callback of this.#removalListeners) callback()
  }

  /** Whether a request of this API and this client can be one, whatever it names. */
  concerns(api: Api, { clientId }: RequestContext): boolean {
    const { options } = this
    if (this.isOver || (options.api !== undefined && options.api !== api.name)) return false
    return options.clientId === undefined || options.clientId === clientId
  }

  /** Whether it happens to a request; if so, that is counted. */
  strikes(api: Api, request: Structure, context: RequestContext, nameById: TopicNameById): boolean {
    const { topic, groupId, probability = 1 } = this.options
    if (!this.concerns(api, context)) return false
    if (groupId !== undefined && !namesGroup(request, groupId)) return false
    if (topic !== undefined && !asksForAllTopics(api, request)) {
      const named = selectTopics(api.request.fields, request, nameById, name => name === topic)
      if (named.topics === 0) return false
    }
    if (probability < 1 && this.#random.below(CHANCES) >= probability * CHANCES) return false
    this.#hits++
    return true
  }
}
