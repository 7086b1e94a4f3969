import type { ConnectionContext, RequestContext } from '../../src/handlers/request-context'

export interface TestRequestContext extends RequestContext {
  readonly connection: { -readonly [K in keyof ConnectionContext]: ConnectionContext[K] }
  /** Does what a shutdown or the end of the connection does to waiting requests. */
  interrupt(): void
  /** Longest throttling asked for, in milliseconds. */
  readonly throttledMs: number
}

/** What a handler is told, for tests that call one directly. */
export const requestContext = (
  given: Partial<Pick<RequestContext, 'apiVersion' | 'clientId' | 'principal' | 'listenerName' | 'receivedAt'>> = {},
): TestRequestContext => {
  const { apiVersion = 0, clientId = 'test', principal = 'User:ANONYMOUS', listenerName = 'PLAINTEXT' } = given
  const callbacks = new Set<() => void>()
  let throttledMs = 0
  return {
    connection: {
      id: '127.0.0.1:9092-127.0.0.1:50000-0',
      listenerName,
      securityProtocol: 'PLAINTEXT',
      clientAddress: '127.0.0.1',
      clientPort: 50_000,
      principal,
      clientSoftwareName: '',
      clientSoftwareVersion: '',
      closed: false,
    },
    connectionId: '127.0.0.1:9092-127.0.0.1:50000-0',
    listenerName,
    clientAddress: '127.0.0.1',
    principal,
    clientId,
    apiVersion,
    correlationId: 1,
    receivedAt: given.receivedAt ?? 0,
    onInterrupt(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    onSent() {},
    throttle(milliseconds) {
      throttledMs = Math.max(throttledMs, milliseconds)
    },
    interrupt() {
      for (const callback of [...callbacks]) {
        callbacks.delete(callback)
        callback()
      }
    },
    get throttledMs() {
      return throttledMs
    },
  }
}
