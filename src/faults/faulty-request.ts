import { ErrorCode } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { Metadata } from '../../protocol/messages/03-metadata'
import type { Handler } from '../handlers/handler'
import type { RequestContext } from '../handlers/request-context'
import { Disconnection } from '../handlers/request-failure'
import type { Timers } from '../io/timers'
import { errorAnswer, mergedAnswers } from './error-answer'
import type { FaultOptions } from './fault-options'
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

  async outcome(fault: FaultOptions, timers: Timers): Promise<Awaited<Outcome>> {
    if (fault.delayMs) await this.#delay(fault.delayMs, timers)
    if (fault.disconnect) return this.#disconnect(fault.when === 'after')
    if (fault.drop) return this.#drop()
    if (fault.error) return this.#fail(ErrorCode[fault.error], fault.topic)
    return this.#handler.handle(this.#request, this.#context)
  }

  /** Nobody waits longer than somebody is there to wait. */
  #delay(delayMs: number, timers: Timers): Promise<void> {
    return new Promise(resolve => {
      const timer = timers.after(delayMs, () => {
        forget()
        resolve()
      })
      const forget = this.#context.onInterrupt(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  async #disconnect(isServed: boolean): Promise<never> {
    if (isServed) await this.#serve()
    throw new Disconnection('a fault that was asked for')
  }

  /** The answer never comes; when nobody waits for it any more, there is none. */
  async #drop(): Promise<null> {
    await this.#serve()
    return new Promise(resolve => this.#context.onInterrupt(() => resolve(null)))
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
