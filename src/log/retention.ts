/** Which segments a log has no use for any more (Kafka: UnifiedLog.deleteOldSegments). */
import type { TopicConfig } from '../config/topic-config'

export interface RetainedSegment {
  readonly baseOffset: number
  readonly sizeInBytes: number
  /** Wall-clock time in milliseconds by which the segment is aged. */
  readonly retentionTimestamp: number
}

export interface RetentionState {
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
  readonly sizeInBytes: number
}

/**
 * How many of `segments`, counted from the oldest, are to go: those before the log start offset, and, with cleanup.policy=delete, those
 * above `retention.bytes` and those older than `retention.ms`. Never one that reaches above the high watermark, nor the last if it is empty.
 */
export const expiredSegments = (
  segments: readonly RetainedSegment[],
  state: RetentionState,
  config: TopicConfig,
  now: number,
): number => {
  let surplusBytes = config.retentionBytes < 0 ? 0 : state.sizeInBytes - config.retentionBytes
  let count = 0
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    const endOffset = next?.baseOffset ?? state.logEndOffset
    if (endOffset > state.highWatermark || (!next && segment.sizeInBytes === 0)) break
    const isBeforeStart = next !== undefined && next.baseOffset <= state.logStartOffset
    const isSurplus = config.retentionBytes >= 0 && surplusBytes >= segment.sizeInBytes
    const isOld = config.retentionMs >= 0 && now - segment.retentionTimestamp > config.retentionMs
    if (!isBeforeStart && !(config.cleanupPolicy.delete && (isSurplus || isOld))) break
    surplusBytes -= segment.sizeInBytes
    count++
  }
  return count
}
