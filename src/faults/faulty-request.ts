import { ErrorCode } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { Metadata } from '../../protocol/messages/03-metadata'
import type { Handler } from '../handlers/handler'
import type { RequestContext } from '../handlers/request-context'
import { Disconnection } from '../handlers/request-failure'
import type { Timers } from '../io/timers'
import { errorAnswer, mergedAnswers } from './error-answer'
import type { Fault } from './fault'
import { type Structure, selectTopics, type TopicNameById } from './request-names'

/** What comes of it at once or later. */
type Outcome = ReturnType<Handler['handle']>

/** A request to which a fault happens. */
export class FaultyRequest {
  readonly #handler: Handler
  readonly #request: Structure
  readonly #context: RequestContext
  readonly #nameById: TopicNameById

  constructor(handler: Handler, request: Structure, context: RequestContext, nameById: TopicNameById) {
    this.#handler = handler
    this.#request = request
    this.#context = context
    this.#nameById = nameById
  }

  async outcome(fault: Fault, timers: Timers): Promise<Awaited<Outcome>> {
    const { delayMs, disconnect, when, drop, error, topic } = fault.options
    if (delayMs) await this.#delay(delayMs, timers, fault)
    if (disconnect) return this.#disconnect(when === 'after')
    if (drop) return this.#drop()
    if (error) return this.#fail(ErrorCode[error], topic)
    return this.#handler.handle(this.#request, this.#context)
  }

  /** The wait ends early when nobody is there any more who waits, and when the fault is removed. */
  #delay(delayMs: number, timers: Timers, fault: Fault): Promise<void> {
    return new Promise(resolve => {
      const ends: (() => void)[] = []
      const end = () => {
        for (const stop of ends.splice(0)) stop()
        resolve()
      }
      const timer = timers.after(delayMs, end)
      ends.push(() => timer.cancel(), this.#context.onInterrupt(end), fault.onRemoved(end))
    })
  }

  async #disconnect(isServed: boolean): Promise<never> {
    if (isServed) await this.#serve()
    throw new Disconnection('a fault that was asked for')
  }

  async #drop(): Promise<null> {
    await this.#serve()
    return null
  }

  /** What comes of it is not told to the client, failures neither. */
  async #serve(): Promise<void> {
    try {
      await this.#handler.handle(this.#request, this.#context)
    } catch {
      // The client learns nothing in any case.
    }
  }

  #fail(errorCode: number, topic: string | undefined): Outcome {
    const { api } = this.#handler
    if (this.#request['acks'] === 0) throw new Disconnection('there is no answer that could tell of an error')
    if (api.key === Metadata.key) return this.#failMetadata(errorCode, topic)
    if (topic === undefined) return this.#errorAnswer(this.#request, errorCode, false)
    const select = (isWanted: (name: string | null) => boolean) =>
      selectTopics(api.request.fields, this.#request, this.#nameById, isWanted)
    const failing = this.#errorAnswer(select(name => name === topic).request, errorCode, true)
    const rest = select(name => name !== topic)
    return rest.topics === 0 ? failing : this.#serveRest(rest.request, failing)
  }

  async #serveRest(rest: Structure, failing: Structure): Promise<Structure> {
    const { api } = this.#handler
    // There is something to tell at once, so nothing is waited for.
    const hasty = api.key === Fetch.key ? { ...rest, maxWaitMs: 0 } : rest
    const served = await this.#handler.handle(hasty, this.#context)
    return mergedAnswers(api.response.fields, served ?? {}, failing)
  }

  /** The rest of the answer, where the brokers are, is true, since clients depend on it. */
  async #failMetadata(errorCode: number, topic: string | undefined): Promise<Structure> {
    const answer = (await this.#handler.handle(this.#request, this.#context)) as Structure
    const topics = (answer['topics'] as Structure[]).map(told =>
      topic === undefined || told['name'] === topic ? { ...told, errorCode, partitions: [] } : told,
    )
    return topics.length === 0 ? { ...answer, errorCode } : { ...answer, topics }
  }

  #errorAnswer(request: Structure, errorCode: number, isOfTopics: boolean): Structure {
    return errorAnswer(this.#handler.api, this.#context.apiVersion, request, { errorCode, isOfTopics })
  }
}
