import net from 'node:net'
import tls from 'node:tls'

/** Where kafkajs's tests expect the brokers of a cluster; the other ports that are written in them speak TLS. */
const PLAINTEXT_PORTS: readonly number[] = [9092, 9095, 9098]

/** Leads the connections that a process opens to the ports of kafkajs's tests to one broker, and refuses those that need TLS. */
export class BrokerConnections {
  #sockets: net.Socket[] = []
  #bytesSentByClosed = 0

  /** `port`: where the broker listens on this machine. */
  constructor(port: number) {
    const { connect } = net
    const toBroker = (options: net.TcpNetConnectOpts, onConnect?: () => void): net.Socket => {
      if (options.port !== port && !PLAINTEXT_PORTS.includes(options.port)) return connect(options, onConnect)
      const socket = connect({ ...options, port }, onConnect)
      this.#sockets.push(socket)
      return socket
    }
    net.connect = toBroker as typeof net.connect
    tls.connect = () => {
      throw new Error('the broker does not speak TLS here')
    }
  }

  /** All that was ever sent to the broker. */
  get bytesSent(): number {
    const closed = this.#sockets.filter(socket => socket.destroyed)
    this.#bytesSentByClosed += sum(closed)
    this.#sockets = this.#sockets.filter(socket => !socket.destroyed)
    return this.#bytesSentByClosed + sum(this.#sockets)
  }
}

const sum = (sockets: readonly net.Socket[]): number =>
  sockets.reduce((bytes, socket) => bytes + socket.bytesWritten, 0)
