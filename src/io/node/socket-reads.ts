import net from 'node:net'

/** As much as a socket may give at once. All sockets share the memory: what was read is done with before the next read begins. */
const READ_BYTES = 256 * 1024
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES)

/** What a socket is made with so that it reads into that memory, instead of some of its own for each read. */
export class SocketReads {
  /** Gets what was read; the bytes change when it has returned. */
  receive: (chunk: Buffer) => void = () => {}

  readonly onread: net.OnReadOpts = {
    buffer: readBuffer,
    callback: count => {
      this.receive(readBuffer.subarray(0, count))
      return true
    },
  }
}

/**
 * A server has no option for how its sockets read, so the socket is made anew around the handle of the one that was accepted, paused. Where
 * that has none of the kind, its chunks are passed on.
 */
export const acceptedSocket = (accepted: net.Socket, reads: SocketReads): net.Socket => {
  const owner = accepted as unknown as { _handle?: object | null }
  const handle = owner._handle
  if (!handle) {
    accepted.on('data', (chunk: Buffer) => reads.receive(chunk))
    return accepted.pause()
  }
  owner._handle = null
  const options = {
    handle,
    onread: reads.onread,
    allowHalfOpen: true,
    pauseOnCreate: true,
    readable: true,
    writable: true,
  }
  return new net.Socket(options as net.SocketConstructorOpts)
}
