import type { Disk } from '../io/disk'
import { parseSegmentFileName, type SegmentFileSuffix, segmentFileName } from './log-file-names'

/**
 * Ends what was under way with the files in the folder of a log when the broker stopped (Kafka: LogLoader). Files on their way out
 * (`.deleted`) and output of a compaction that did not end (`.cleaned`) go. Output that was complete (`.swap`) takes its place, and the
 * segments that it was made of go: those from its base offset up to `nextOffsetOf` it. Snapshots of producers stay,
 * since they are as true as before. A crash in between leaves what can be ended the next time.
 */
export const finishSwaps = (disk: Disk, folder: string, nextOffsetOf: (baseOffset: number) => number): void => {
  const files = disk.list(folder).flatMap(name => parseSegmentFileName(name) ?? [])
  const withSuffix = (suffix: SegmentFileSuffix) => files.filter(file => file.suffix === suffix)
  const remove = (unwanted: typeof files) => {
    for (const { baseOffset, kind, suffix } of unwanted) {
      disk.remove(`${folder}/${segmentFileName(baseOffset, kind, suffix)}`)
    }
  }
  const cleaned = withSuffix('.cleaned')
  // A swap at or above output that is not complete belongs to the same operation.
  const firstIncomplete = Math.min(...cleaned.map(({ baseOffset }) => baseOffset))
  const isComplete = ({ baseOffset }: { baseOffset: number }) => baseOffset < firstIncomplete
  const swaps = withSuffix('.swap')
  // In this order: what is left of incomplete output must not look complete after another crash.
  remove([...swaps.filter(file => !isComplete(file)), ...cleaned, ...withSuffix('.deleted')])
  const complete = swaps.filter(isComplete)
  const logs = complete.filter(({ kind }) => kind === 'log').map(({ baseOffset }) => baseOffset)
  const from = Math.min(...logs)
  const upTo = Math.max(...logs.map(nextOffsetOf))
  remove(
    withSuffix('').filter(({ kind, baseOffset }) => kind !== 'snapshot' && baseOffset >= from && baseOffset < upTo),
  )
  for (const { baseOffset, kind } of complete) {
    disk.rename(
      `${folder}/${segmentFileName(baseOffset, kind, '.swap')}`,
      `${folder}/${segmentFileName(baseOffset, kind)}`,
    )
  }
}
