import type { Route } from '../handlers/registry'
import type { ConnectionContext, RequestContext } from '../handlers/request-context'
import type { IncomingFrame } from './incoming-frames'

/** What a request may ask of its connection. */
export interface RequestOwner extends ConnectionContext {
  onInterrupt(callback: () => void): () => void
  throttle(milliseconds: number): void
}

/** A request between its arrival and the departure of its answer; an entry in the queue of its connection. */
export class PendingRequest implements RequestContext {
  readonly connection: RequestOwner
  readonly route: Route
  readonly frame: IncomingFrame
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
  /** Monotonic milliseconds; kept only when somebody observes. */
  startedAt = 0
  answeredAt = 0
  next: PendingRequest | null = null

  constructor(
    connection: RequestOwner,
    route: Route,
    frame: IncomingFrame,
    header: { readonly correlationId: number; readonly clientId: string | null },
    receivedAt: number,
    body: unknown,
  ) {
    this.connection = connection
    this.route = route
    this.frame = frame
    this.clientId = header.clientId
    this.correlationId = header.correlationId
    this.principal = connection.principal
    this.receivedAt = receivedAt
    this.body = body
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

  throttle(milliseconds: number): void {
    this.connection.throttle(milliseconds)
  }
}
