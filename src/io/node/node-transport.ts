import net from 'node:net'
import type { ListenOptions, Stream, Transport, TransportListener } from '../transport'
import { NodeStream } from './node-stream'
import { acceptedSocket, SocketReads } from './socket-reads'

export interface NodeTransportOptions {
  /** A connection could not be accepted (no descriptors left, for example). Listening goes on. */
  readonly acceptFailed?: (error: Error) => void
}

/** A request waits for nothing (no Nagle), a dead peer is noticed in the end, and a peer that has sent its last byte still gets its answers. */
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, allowHalfOpen: true } as const

/** TCP. */
export class NodeTransport implements Transport {
  readonly #acceptFailed: (error: Error) => void

  constructor(options: NodeTransportOptions = {}) {
    this.#acceptFailed = options.acceptFailed ?? (() => {})
  }

  listen(options: ListenOptions, accept: (stream: Stream) => void): Promise<TransportListener> {
    const { host, port, backlog } = options
    const server = net.createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, socket => {
      const reads = new SocketReads()
      accept(new NodeStream(acceptedSocket(socket, reads), reads))
    })
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, ...(backlog === undefined ? {} : { backlog }) }, () => {
        server.off('error', reject)
        server.on('error', this.#acceptFailed)
        resolve(listenerOf(server))
      })
    })
  }

  connect(options: { readonly host: string; readonly port: number; readonly timeoutMs: number }): Promise<Stream> {
    const { host, port, timeoutMs } = options
    const reads = new SocketReads()
    const socket = net.connect({ ...SOCKET_OPTIONS, host, port, onread: reads.onread })
    socket.pause()
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        const message = `no connection to ${host}:${port} in ${timeoutMs} ms`
        socket.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }))
      }, timeoutMs)
      timeout.unref()
      const failed = (error: Error) => {
        clearTimeout(timeout)
        reject(error)
      }
      socket.once('error', failed)
      socket.once('connect', () => {
        clearTimeout(timeout)
        socket.off('error', failed)
        resolve(new NodeStream(socket, reads))
      })
    })
  }
}

function listenerOf(server: net.Server): TransportListener {
  const { address, port } = server.address() as net.AddressInfo
  return {
    host: address,
    port,
    // The server itself reports its end only when the last accepted socket is gone.
    close: () => {
      server.close()
      return new Promise(resolve => setImmediate(resolve))
    },
  }
}
