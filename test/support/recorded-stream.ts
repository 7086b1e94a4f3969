import type { Stream } from '../../src/io/transport'

/** Installs receivers on a stream that remember all that they are told. */
export class RecordedStream {
  readonly stream: Stream
  readonly chunks: Buffer[] = []
  /** Names of the events in order; repeated data counts once. */
  readonly events: string[] = []
  error: Error | undefined

  constructor(stream: Stream) {
    this.stream = stream
    stream.on({
      data: chunk => {
        this.chunks.push(Buffer.from(chunk))
        // It is the receiver's for now, who may do with it what he likes.
        chunk.fill('x')
        if (this.events.at(-1) !== 'data') this.events.push('data')
      },
      drain: () => this.events.push('drain'),
      end: () => this.events.push('end'),
      close: error => {
        this.events.push('close')
        this.error = error
      },
    })
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks)
  }

  get isClosed(): boolean {
    return this.events.includes('close')
  }
}
