/**
 * What readers of old records are going to ask for next, read while the answer before is still on its way to them.
 *
 * Invariants
 * - Only a reader that has just gone on where it left off is read ahead for; one that jumps costs nothing.
 * - At most `slots` pieces of at most `PIECE_BYTES` (or one larger batch) are kept; each is handed out once.
 * - A piece that was read before a truncation or compaction, or that reaches beyond what its reader may see, is not handed out.
 */
import type { FoundBatches, ReadOptions } from './log-read'

/** Whose records are read. */
export interface CuttableLog {
  /** Grows with every truncation and compaction. */
  readonly truncations: number
}

interface Piece {
  readonly log: CuttableLog
  readonly offset: number
  readonly truncations: number
  /** Null: the reader is expected here, and nothing has been read for it yet. */
  readonly batches: Promise<FoundBatches | null> | null
}

const PIECE_BYTES = 1024 * 1024
const SLOTS = 16

export class ReadAhead {
  /** In the order in which they were made. */
  readonly #pieces: Piece[] = []

  /** Reads by `read`, from what was read ahead if possible, and ahead if that pays. */
  async read(
    log: CuttableLog,
    options: ReadOptions,
    read: (options: ReadOptions) => Promise<FoundBatches>,
  ): Promise<FoundBatches> {
    const piece = this.#take(log, options.offset)
    const found = (piece && (await this.#batchesOf(piece, options))) ?? (await read(options))
    if (found.sizeInBytes > 0 && found.nextOffset < options.upTo)
      this.#expect(log, found.nextOffset, options, piece, read)
    return found
  }

  #take(log: CuttableLog, offset: number): Piece | null {
    const at = this.#pieces.findIndex(piece => piece.log === log && piece.offset === offset)
    return at < 0 ? null : this.#pieces.splice(at, 1)[0]!
  }

  async #batchesOf({ log, truncations, batches }: Piece, options: ReadOptions): Promise<FoundBatches | null> {
    const found = await batches
    if (!found || log.truncations !== truncations) return null
    const isWanted = found.sizeInBytes <= options.maxBytes && found.nextOffset <= options.upTo
    return isWanted && found.sizeInBytes > 0 ? found : null
  }

  #expect(
    log: CuttableLog,
    offset: number,
    options: ReadOptions,
    previous: Piece | null,
    read: (options: ReadOptions) => Promise<FoundBatches>,
  ): void {
    const maxBytes = Math.min(options.maxBytes, PIECE_BYTES)
    // A failure is reported to whoever reads there himself.
    const batches = previous && read({ ...options, offset, maxBytes, minOneBatch: true }).catch(() => null)
    this.#pieces.push({ log, offset, truncations: log.truncations, batches })
    if (this.#pieces.length > SLOTS) this.#pieces.shift()
  }
}
