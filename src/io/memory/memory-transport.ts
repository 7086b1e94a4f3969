import type { Timers } from '../timers'
import type { ListenOptions, Stream, Transport, TransportListener } from '../transport'
import { MemoryStream } from './memory-stream'

interface Listener {
  readonly accept: (stream: Stream) => void
}

const FIRST_FREE_PORT = 1024
const PORT_MAX = 65_535
const ADDRESS = '127.0.0.1'

/**
 * A network in memory: whoever has this object reaches every listener of it, whatever host it listens on. Everything happens at ends of
 * turns, in the order in which it was caused, so that the same calls give the same run.
 */
export class MemoryTransport implements Transport {
  readonly #timers: Timers
  readonly #listeners = new Map<number, Listener>()
  #nextPort = FIRST_FREE_PORT

  constructor(timers: Timers) {
    this.#timers = timers
  }

  async listen(options: ListenOptions, accept: (stream: Stream) => void): Promise<TransportListener> {
    const port = options.port === 0 ? this.#freePort() : options.port
    if (this.#listeners.has(port)) throw failure('EADDRINUSE', `port ${port} is in use`)
    const listener = { accept }
    this.#listeners.set(port, listener)
    return {
      host: options.host,
      port,
      close: async () => {
        if (this.#listeners.get(port) === listener) this.#listeners.delete(port)
      },
    }
  }

  connect(options: { readonly host: string; readonly port: number; readonly timeoutMs: number }): Promise<Stream> {
    return new Promise((resolve, reject) => {
      this.#timers.endOfTurn(() => {
        const listener = this.#listeners.get(options.port)
        if (!listener) {
          reject(failure('ECONNREFUSED', `nobody listens on ${options.host}:${options.port}`))
          return
        }
        const local = { address: ADDRESS, port: this.#freePort() }
        const [client, server] = MemoryStream.pair(this.#timers, local, { address: ADDRESS, port: options.port })
        resolve(client)
        listener.accept(server)
      })
    })
  }

  #freePort(): number {
    do {
      this.#nextPort = this.#nextPort < PORT_MAX ? this.#nextPort + 1 : FIRST_FREE_PORT
    } while (this.#listeners.has(this.#nextPort))
    return this.#nextPort
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}
