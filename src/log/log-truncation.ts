import { type LogParts, rollLog } from './log-parts'
import { rebuildProducers } from './producer-state-replay'
import { expiredSegments, type RetentionState } from './retention'

/**
 * Cuts files and epochs of a log at `offset` (Kafka: UnifiedLog.truncateTo), not while anything is being written. An `offset` below the
 * first segment leaves the log empty and beginning there. Returns where the log ends now; what is known of its producers is void.
 */
export const cutLog = ({ context, local, epochs, snapshots }: LogParts, offset: number): number => {
  const now = context.clock.now()
  let endOffset = local.nextOffset
  if (offset < local.segments.first!.baseOffset) {
    endOffset = offset
    snapshots.removeWhere(() => true)
    local.truncateFully(endOffset, now)
  } else if (offset < endOffset) {
    snapshots.removeWhere(snapshot => snapshot > offset)
    endOffset = local.truncateTo(offset, now)
  }
  // Also where nothing was cut: the last epoch may have begun without a record.
  epochs.truncateFromEnd(endOffset)
  return endOffset
}

/** After `cutLog`: makes that durable, and finds out what the producers have done up to the new end. */
export const settleAfterCut = async (parts: LogParts, logStartOffset: number): Promise<void> => {
  const { context, local, epochs, producers, snapshots } = parts
  const { segments, nextOffset: endOffset } = local
  epochs.save(endOffset)
  // Before anything is written behind it: what was cut off must not come back in the middle.
  await local.sync(local.active)
  const expirationMs = context.producerIdExpirationMs()
  const now = context.clock.now()
  await rebuildProducers({ producers, snapshots, segments, logStartOffset, endOffset, now, expirationMs })
}

/** Takes the segments that have expired out of the log. Returns how many, and where the log begins now. */
export const dropExpired = (
  parts: LogParts,
  state: RetentionState,
  now: number,
): { readonly count: number; readonly logStartOffset: number } => {
  const { local, snapshots } = parts
  const segments = [...local.segments]
  let count = expiredSegments(segments, state, local.config, now)
  if (count === segments.length) {
    // The last one makes room for an empty one, but not while anything is on its way into it.
    if (local.isWritten) rollLog(parts, local.nextOffset, now)
    else count--
  }
  const expired = segments.slice(0, count)
  local.removeSegments(expired)
  snapshots.removeWhere(offset => expired.some(({ baseOffset }) => baseOffset === offset))
  return { count, logStartOffset: Math.max(state.logStartOffset, local.segments.first!.baseOffset) }
}
