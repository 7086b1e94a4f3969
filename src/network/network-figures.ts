import type { Api } from '../../protocol/schema/api'
import { Histogram } from '../metrics/histogram'
import type { FinishedRequest, NetworkObserver } from './network-observer'
import { ResponseErrors } from './response-errors'

/**
 * Where the time of a request goes, as Kafka divides it. `queue`: it waits to be started. `local`: the handler is at work. `remote`: the
 * handler waits for the disk, for other replicas, or for records. `throttle`: the client is not listened to afterwards. `send`: the answer
 * waits for those before it. `total`: from the last byte received to the first byte sent.
 */
export const REQUEST_PHASES = ['queue', 'local', 'remote', 'throttle', 'send', 'total'] as const

export type RequestPhase = (typeof REQUEST_PHASES)[number]

/** What was counted of one API. */
export class ApiFigures {
  readonly name: string
  /** By version. */
  readonly requests: number[] = []
  /** Answers by error code; those without error are not counted. */
  readonly errors = new Map<number, number>()
  readonly seconds: Readonly<Record<RequestPhase, Histogram>> = {
    queue: new Histogram(),
    local: new Histogram(),
    remote: new Histogram(),
    throttle: new Histogram(),
    send: new Histogram(),
    total: new Histogram(),
  }
  requestBytes = 0
  responseBytes = 0
  readonly #responseErrors: ResponseErrors

  constructor({ name, response, versions }: Api) {
    this.name = name
    for (let version = 0; version <= versions[1]; version++) this.requests.push(0)
    this.#responseErrors = new ResponseErrors(response)
  }

  finished(request: FinishedRequest, sentAt: number): void {
    const { receivedAt, startedAt, answeredAt, throttleMs, answer } = request
    const handledAt = request.handledAt < 0 ? answeredAt : request.handledAt
    this.requests[request.apiVersion]!++
    this.requestBytes += request.requestBytes
    this.responseBytes += request.responseBytes
    const { seconds } = this
    seconds.queue.observe((startedAt - receivedAt) / 1000)
    seconds.local.observe((handledAt - startedAt) / 1000)
    seconds.remote.observe((answeredAt - handledAt) / 1000)
    seconds.throttle.observe(throttleMs / 1000)
    seconds.send.observe((sentAt - answeredAt) / 1000)
    seconds.total.observe((sentAt - receivedAt) / 1000)
    if (answer) this.#responseErrors.each(answer, this.#countError)
  }

  readonly #countError = (errorCode: number): void => {
    this.errors.set(errorCode, (this.errors.get(errorCode) ?? 0) + 1)
  }
}

/** What was counted of one listener. */
export interface ListenerFigures {
  opened: number
  closed: number
  /** By the setting that forbade it. */
  readonly refused: Map<string, number>
}

/** Counts what the network layer does, without allocating anything per request. */
export class NetworkFigures implements NetworkObserver {
  readonly listeners = new Map<string, ListenerFigures>()
  readonly refusedRequests = new Map<string, number>()
  /** By API key. */
  readonly #apis: (ApiFigures | undefined)[] = []

  /** Those of which there were requests. */
  get apis(): readonly ApiFigures[] {
    return this.#apis.filter(figures => figures !== undefined)
  }

  connectionOpened(listenerName: string): void {
    this.#listener(listenerName).opened++
  }

  connectionClosed(listenerName: string): void {
    this.#listener(listenerName).closed++
  }

  connectionRefused(listenerName: string, limit: string): void {
    const { refused } = this.#listener(listenerName)
    refused.set(limit, (refused.get(limit) ?? 0) + 1)
  }

  requestRefused(reason: string): void {
    this.refusedRequests.set(reason, (this.refusedRequests.get(reason) ?? 0) + 1)
  }

  requestFinished(request: FinishedRequest, sentAt: number): void {
    const { api } = request
    let figures = this.#apis[api.key]
    if (!figures) {
      figures = new ApiFigures(api)
      this.#apis[api.key] = figures
    }
    figures.finished(request, sentAt)
  }

  #listener(name: string): ListenerFigures {
    let figures = this.listeners.get(name)
    if (!figures) {
      figures = { opened: 0, closed: 0, refused: new Map() }
      this.listeners.set(name, figures)
    }
    return figures
  }
}
