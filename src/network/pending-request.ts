import type { Api } from '../../protocol/schema/api'
import type { Route } from '../handlers/registry'
import type { ConnectionContext, RequestContext } from '../handlers/request-context'
import type { FinishedRequest } from './network-observer'

/** What a request may ask of its connection. */
export interface RequestOwner extends ConnectionContext {
  onInterrupt(callback: () => void): () => void
  throttle(milliseconds: number): void
}

/** A request between its arrival and the departure of its answer; an entry in the queue of its connection. */
export class PendingRequest implements RequestContext, FinishedRequest {
  readonly connection: RequestOwner
  readonly route: Route
  readonly requestBytes: number
  readonly clientId: string | null
  readonly correlationId: number
  readonly principal: string
  readonly receivedAt: number
  /** As decoded; null when the version is not known. */
  readonly body: unknown
  /** `failed`: there is no answer, the connection has to be closed in its place. */
  progress: 'in work' | 'answered' | 'failed' = 'in work'
  /** When answered; null: there is nothing to send. */
  answer: object | null = null
  /** To be called when the answer has left. */
  sent: (() => void) | null = null
  /** What follows is kept only when somebody observes. Monotonic milliseconds. */
  startedAt: number
  handledAt = -1
  answeredAt = 0
  throttleMs = 0
  responseBytes = 0
  next: PendingRequest | null = null

  constructor(
    connection: RequestOwner,
    route: Route,
    requestBytes: number,
    header: { readonly correlationId: number; readonly clientId: string | null },
    receivedAt: number,
    body: unknown,
  ) {
    this.connection = connection
    this.route = route
    this.requestBytes = requestBytes
    this.clientId = header.clientId
    this.correlationId = header.correlationId
    this.principal = connection.principal
    this.receivedAt = receivedAt
    this.startedAt = receivedAt
    this.body = body
  }

  get api(): Api {
    return this.route.handler.api
  }

  get connectionId(): string {
    return this.connection.id
  }

  get listenerName(): string {
    return this.connection.listenerName
  }

  get clientAddress(): string {
    return this.connection.clientAddress
  }

  get apiVersion(): number {
    return this.route.version
  }

  answerWith(answer: object | null): void {
    this.progress = 'answered'
    this.answer = answer
  }

  onInterrupt(callback: () => void): () => void {
    return this.connection.onInterrupt(callback)
  }

  onSent(callback: () => void): void {
    this.sent = callback
  }

  throttle(milliseconds: number): void {
    this.throttleMs = Math.max(this.throttleMs, milliseconds)
    this.connection.throttle(milliseconds)
  }
}
