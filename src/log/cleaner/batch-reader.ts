import {
  BATCH_HEADER_SIZE,
  type BatchHeader,
  batchSizeAt,
  readBatchHeader,
} from '../../../protocol/records/batch-header'
import type { Disk } from '../../io/disk'
import { batchProblem, damagedAt } from '../batch-walk'
import type { LogSegment } from '../log-segment'
import { BatchStream } from './batch-stream'
import type { CleaningPace } from './cleaning-pace'

/** Told of each batch, which is whole in `bytes` at `at`; the bytes are reused afterwards. False: enough. */
export type BatchVisit = (header: BatchHeader, bytes: Buffer, at: number) => Promise<boolean>

export interface BatchReading {
  readonly disk: Disk
  readonly pace: CleaningPace
  /** Read from the disk at once. */
  readonly readBytes: number
  /** Asked before each batch; throws when nobody wants to know any more. */
  readonly check: () => void
}

/** Visits the batches of a segment that is no longer appended to, at the pace given, from the one that holds `fromOffset` on. */
export const readBatches = async (
  segment: LogSegment,
  fromOffset: number,
  visit: BatchVisit,
  { disk, pace, readBytes, check }: BatchReading,
): Promise<void> => {
  let position = segment.translate(fromOffset)?.position
  if (position === undefined) return
  const end = segment.writtenBytes
  const file = disk.open(segment.path, 'read')
  const window = new BatchStream(file, end, readBytes)
  const load = async (at: number, length: number): Promise<void> => {
    await window.load(at, length)
    await pace.transferred(Math.max(length, Math.min(readBytes, end - at)))
    check()
  }
  try {
    while (position < end) {
      if (!window.covers(position, BATCH_HEADER_SIZE)) await load(position, BATCH_HEADER_SIZE)
      const problem = batchProblem(window.bytes, window.indexOf(position), end - position)
      if (problem !== null) throw damagedAt(file, position, problem)
      const size = batchSizeAt(window.bytes, window.indexOf(position))
      if (!window.covers(position, size)) await load(position, size)
      const at = window.indexOf(position)
      if (!(await visit(readBatchHeader(window.bytes, at), window.bytes, at))) return
      position += size
      if (!pace.isSliceOver) continue
      await pace.pause()
      check()
    }
  } finally {
    file.close()
  }
}
