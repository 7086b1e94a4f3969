import net from 'node:net'
import tls from 'node:tls'

/** Where kafkajs's tests expect the brokers of a cluster; the other ports that are written in them speak TLS. */
const PLAINTEXT_PORTS: readonly number[] = [9092, 9095, 9098]

/** The key of ApiVersions and of Metadata: what a client asks for before it does anything. */
const PREPARING_APIS: readonly number[] = [18, 3]

/** Where the key of the API is in a request, behind its length. */
const API_KEY_OFFSET = 4

/** Leads the connections that this process opens to the ports of kafkajs's tests to one broker, and refuses those with TLS. */
export class BrokerConnections {
  /** For how many milliseconds requests are held back, unless they only prepare others. */
  latencyMs = 0
  #sockets: net.Socket[] = []
  #activityOfClosed = 0

  constructor({ host, port }: { readonly host: string; readonly port: number }) {
    const { connect } = net
    const toBroker = (options: net.TcpNetConnectOpts, onConnect?: () => void): net.Socket => {
      const isBroker = options.port === port || (options.host === 'localhost' && PLAINTEXT_PORTS.includes(options.port))
      if (!isBroker) return connect(options, onConnect)
      const socket = connect({ ...options, host, port }, onConnect)
      this.#sockets.push(socket)
      this.#holdBack(socket)
      return socket
    }
    net.connect = toBroker as typeof net.connect
    tls.connect = () => {
      throw new Error('the broker does not speak TLS here')
    }
  }

  /** From here on, only connections that are still to be opened count as activity. */
  forget(): void {
    this.#sockets = []
  }

  /** Grows with each connection to the broker and whatever is sent to it. */
  get activity(): number {
    const closed = this.#sockets.filter(socket => socket.destroyed)
    this.#activityOfClosed += activityOf(closed)
    this.#sockets = this.#sockets.filter(socket => !socket.destroyed)
    return this.#activityOfClosed + activityOf(this.#sockets)
  }

  /** kafkajs writes each request at once. */
  #holdBack(socket: net.Socket): void {
    const write = socket.write.bind(socket) as (request: Buffer, encoding: BufferEncoding) => boolean
    socket.write = ((request: Buffer, encoding: BufferEncoding) => {
      if (PREPARING_APIS.includes(request.readInt16BE(API_KEY_OFFSET)) || this.latencyMs === 0) {
        return write(request, encoding)
      }
      setTimeout(() => write(request, encoding), this.latencyMs)
      return true
    }) as typeof socket.write
  }
}

const activityOf = (sockets: readonly net.Socket[]): number =>
  sockets.reduce((sum, socket) => sum + 1 + socket.bytesWritten, 0)
