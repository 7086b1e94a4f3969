import type { Disk } from '../io/disk'
import { parseSegmentFileName, segmentFileName } from './log-file-names'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot'
import type { ProducerStateFields } from './producer-state-entry'

/**
 * The `.snapshot` files of a log, by the offset of the log at which each was taken. They save reading the whole log to know its producers:
 * one is taken when a segment begins and one at a clean stop (Kafka: ProducerStateManager).
 */
export class ProducerSnapshots {
  readonly #disk: Disk
  #directory: string
  /** Ascending. */
  #offsets: number[]
  /** Not known to be on the disk. */
  #unsynced = new Set<number>()

  /** `names` are those of the files in the folder `directory`. */
  constructor(disk: Disk, directory: string, names: readonly string[]) {
    this.#disk = disk
    this.#directory = directory
    this.#offsets = names
      .map(name => parseSegmentFileName(name))
      .flatMap(file => (file?.kind === 'snapshot' && file.suffix === '' ? [file.baseOffset] : []))
      .sort((a, b) => a - b)
  }

  get offsets(): readonly number[] {
    return this.#offsets
  }

  /** Offset of the newest snapshot, -1 when there is none. */
  get latest(): number {
    return this.#offsets.at(-1) ?? -1
  }

  /** Keeps `producers` as the state at `offset`, unless there is a snapshot of that offset or a later one. */
  take(offset: number, producers: readonly ProducerStateFields[]): void {
    if (offset <= this.latest) return
    const path = this.#pathOf(offset)
    this.#disk.remove(path)
    const file = this.#disk.open(path, 'create')
    try {
      file.writeSync([encodeProducerSnapshot(producers)], 0)
    } finally {
      file.close()
    }
    this.#offsets.push(offset)
    this.#unsynced.add(offset)
  }

  /** The newest snapshot that can be read; unreadable ones are removed. Offset -1 when there is none. */
  load(): { readonly offset: number; readonly producers: readonly ProducerStateFields[] } {
    while (this.latest >= 0) {
      const content = this.#disk.readFile(this.#pathOf(this.latest))
      const producers = content && decodeProducerSnapshot(content)
      if (producers) return { offset: this.latest, producers }
      this.removeWhere(offset => offset === this.latest)
    }
    return { offset: -1, producers: [] }
  }

  removeWhere(isUnwanted: (offset: number) => boolean): void {
    for (const offset of this.#offsets.filter(isUnwanted)) {
      this.#disk.remove(this.#pathOf(offset))
      this.#unsynced.delete(offset)
      this.#offsets = this.#offsets.filter(other => other !== offset)
    }
  }

  /** Makes durable what was taken since the last call; not the names, without which there is only more to read. */
  async sync(): Promise<void> {
    // Others may be removed while one is synced: those are passed over.
    for (const offset of this.#unsynced) {
      this.#unsynced.delete(offset)
      const file = this.#disk.open(this.#pathOf(offset), 'write')
      try {
        await file.sync()
      } finally {
        file.close()
      }
    }
  }

  /** The folder has been renamed. */
  moveTo(directory: string): void {
    this.#directory = directory
  }

  #pathOf(offset: number): string {
    return `${this.#directory}/${segmentFileName(offset, 'snapshot')}`
  }
}
