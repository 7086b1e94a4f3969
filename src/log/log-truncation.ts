import type { LogParts } from './log-parts'
import { rebuildProducers } from './producer-state-replay'

/**
 * Cuts files and epochs of a log at `offset` (Kafka: UnifiedLog.truncateTo), not while anything is being written. An `offset` below the
 * first segment leaves the log empty and beginning there. Returns where the log ends now; what is known of its producers is void.
 */
export const cutLog = ({ context, local, epochs, snapshots }: LogParts, offset: number): number => {
  const now = context.clock.now()
  let endOffset = local.nextOffset
  if (offset < local.segments.first!.baseOffset) {
    local.truncateFully(offset, now)
    snapshots.removeWhere(() => true)
    endOffset = offset
  } else if (offset < endOffset) endOffset = local.truncateTo(offset, now)
  // Also where nothing was cut: the last epoch may have begun without a record.
  epochs.truncateFromEnd(endOffset)
  epochs.save()
  return endOffset
}

/** Finds out what the producers have done up to the end of a log that was cut. */
export const rebuildAfterCut = (parts: LogParts, logStartOffset: number): Promise<void> => {
  const { context, local, producers, snapshots } = parts
  const { segments, nextOffset: endOffset } = local
  const expirationMs = context.producerIdExpirationMs()
  return rebuildProducers({
    producers,
    snapshots,
    segments,
    logStartOffset,
    endOffset,
    now: context.clock.now(),
    expirationMs,
  })
}
