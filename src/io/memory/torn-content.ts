import type { Random } from '../random'
import type { FileContent } from './file-content'

/** A change of a file that no sync has covered yet. The bytes of a write are the journal's own copy. */
export type ContentChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'resize'; readonly size: number }

/** What a disk writes atomically. */
const SECTOR_BYTES = 512

interface Piece {
  readonly sector: number
  readonly change: number
  readonly position: number
  readonly bytes: Buffer
}

/**
 * A content that a power failure may leave: of the changes to each sector a prefix, of the changes to the size (they go through the file
 * system's journal) a prefix too, independent of each other; and, half of the time, one of the lost pieces torn. Bytes below the size
 * that never reached the disk read as what was there before, or zero.
 */
export function contentAfterCrash(
  durable: FileContent,
  changes: readonly ContentChange[],
  random: Random,
): FileContent {
  const content = durable.clone()
  if (changes.length === 0) return content
  const pieces = changes.flatMap((change, index) => (change.kind === 'write' ? piecesOf(change, index) : []))
  const kept = choosePieces(pieces, random)
  const sizeChanges = random.below(changes.length + 1)
  let size = durable.size
  let next = 0
  changes.forEach((change, index) => {
    for (; next < kept.length && kept[next]!.change === index; next++) {
      content.write(kept[next]!.bytes, kept[next]!.position)
    }
    if (index >= sizeChanges) return
    if (change.kind === 'write') {
      size = Math.max(size, change.position + change.bytes.length)
    } else {
      size = change.size
      if (content.size > size) content.resize(size)
    }
  })
  content.resize(size)
  return content
}

function piecesOf(change: { readonly position: number; readonly bytes: Buffer }, index: number): Piece[] {
  const pieces: Piece[] = []
  const end = change.position + change.bytes.length
  for (let position = change.position; position < end; ) {
    const sector = Math.floor(position / SECTOR_BYTES)
    const pieceEnd = Math.min(end, (sector + 1) * SECTOR_BYTES)
    const bytes = change.bytes.subarray(position - change.position, pieceEnd - change.position)
    pieces.push({ sector, change: index, position, bytes })
    position = pieceEnd
  }
  return pieces
}

/** The pieces that reach the disk, in order. How many of a sector's pieces are lost is drawn per sector, how likely that is per crash. */
function choosePieces(pieces: readonly Piece[], random: Random): Piece[] {
  const quartersLost = random.below(5)
  const frozen = new Set<number>()
  const kept: Piece[] = []
  let tear = random.below(2) === 0
  for (const piece of pieces) {
    const lost = frozen.has(piece.sector) || random.below(4) < quartersLost
    if (!lost) {
      kept.push(piece)
      continue
    }
    if (tear && !frozen.has(piece.sector) && random.below(2) === 0) {
      kept.push({ ...piece, bytes: piece.bytes.subarray(0, random.below(piece.bytes.length)) })
      tear = false
    }
    frozen.add(piece.sector)
  }
  return kept
}
