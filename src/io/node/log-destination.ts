import fs from 'node:fs'
import net from 'node:net'
import { isatty } from 'node:tty'

/** Takes finished lines, each with its line feed. Never blocks, never throws. */
export interface LogDestination {
  write(line: string): void
  /** Waits until all has been handed over, for a second at most. */
  close(): Promise<void>
}

export interface DescriptorDestinationOptions {
  /** 2 is standard error. */
  readonly fd: number
  /** Characters kept while nobody reads; lines beyond it are dropped. */
  readonly pendingMax: number
  /** Lines were dropped, and now there is room again. */
  readonly dropped: (count: number) => void
}

const CLOSE_TIMEOUT_MS = 1000

/**
 * An open descriptor. Files and terminals are written at once; a write to a pipe or a socket could block for as long as nobody reads, so
 * that goes through the event loop. (Not through the thread pool: a thread that blocks there also keeps the process from exiting.)
 */
export function descriptorDestination(options: DescriptorDestinationOptions): LogDestination {
  const stats = fs.fstatSync(options.fd)
  return stats.isFIFO() || stats.isSocket() ? new PipeDestination(options) : fileDestination(options.fd)
}

export function isTerminal(fd: number): boolean {
  return isatty(fd)
}

function fileDestination(fd: number): LogDestination {
  return {
    write: line => {
      try {
        fs.writeSync(fd, line)
      } catch {
        // A log that cannot be written is no reason to stop serving.
      }
    },
    close: async () => {},
  }
}

class PipeDestination implements LogDestination {
  readonly #socket: net.Socket
  readonly #pendingMax: number
  readonly #dropped: (count: number) => void
  #droppedLines = 0

  constructor(options: DescriptorDestinationOptions) {
    this.#pendingMax = options.pendingMax
    this.#dropped = options.dropped
    this.#socket = new net.Socket({ fd: options.fd, readable: false, writable: true })
    this.#socket.unref()
    this.#socket.on('drain', () => this.#reportDropped())
    // The reader has gone. The descriptor stays open: it belongs to the process.
    this.#socket.on('error', () => {})
  }

  write(line: string): void {
    if (!this.#socket.writable) return
    if (this.#socket.writableLength + line.length > this.#pendingMax) this.#droppedLines++
    else this.#socket.write(line)
  }

  close(): Promise<void> {
    const socket = this.#socket
    if (!socket.writable || socket.writableLength === 0) return Promise.resolve()
    return new Promise(resolve => {
      const timeout = setTimeout(resolve, CLOSE_TIMEOUT_MS)
      const done = () => {
        clearTimeout(timeout)
        resolve()
      }
      socket.once('drain', done)
      socket.once('close', done)
    })
  }

  #reportDropped(): void {
    const count = this.#droppedLines
    this.#droppedLines = 0
    if (count > 0) this.#dropped(count)
  }
}
