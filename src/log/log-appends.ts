/** Appends of a leader's own batches and of replicated ones: what all parts of a log take note of. */
import { type BatchHeader, isControl } from '../../protocol/records/batch-header'
import type { EndTransactionMarker } from '../../protocol/records/control-record'
import { checkProducer, place, prepareBatch } from './leader-batch'
import { type AppendOptions, AppendRefusal, type AppendResult, acceptedAppend } from './log-append'
import { type LogParts, rollLog } from './log-parts'
import { MAX_RELATIVE_OFFSET } from './offset-index'
import { indexCompleted } from './producer-state-replay'
import { splitReplicated } from './replicated-batches'

/** A batch in its place. The header is as it was sent. */
interface PlacedBatch {
  readonly bytes: Buffer
  readonly header: BatchHeader
  readonly marker: EndTransactionMarker | null
  readonly baseOffset: number
  readonly maxTimestamp: number
  readonly leaderEpoch: number
}

/** Appends the one batch in `records`, with the next offsets; a duplicate gets those of the first time. */
export const appendAsLeader = (
  parts: LogParts,
  records: Buffer,
  { origin, leaderEpoch, now, verification }: AppendOptions,
  logStartOffset: number,
): AppendResult => {
  const { local, producers } = parts
  const { config } = local
  const isClient = origin === 'client'
  const batch = prepareBatch(records, { isClient, config, now })
  if (batch instanceof AppendRefusal) return batch.result(logStartOffset)
  const { bytes, header, marker } = batch
  const logAppendTimeMs = config.messageTimestampType === 'LogAppendTime' ? now : -1
  const found = checkProducer(batch, producers, isClient, verification)
  if (found instanceof AppendRefusal) return found.result(logStartOffset)
  if (found) {
    const { lastOffset, offsetDelta, timestamp } = found
    return acceptedAppend(lastOffset - offsetDelta, lastOffset, logAppendTimeMs < 0 ? -1 : timestamp, logStartOffset)
  }
  const baseOffset = local.nextOffset
  place(bytes, baseOffset, leaderEpoch, logAppendTimeMs)
  const maxTimestamp = logAppendTimeMs < 0 ? header.maxTimestamp : logAppendTimeMs
  store(parts, { bytes, header, marker, baseOffset, maxTimestamp, leaderEpoch }, now)
  return acceptedAppend(baseOffset, local.nextOffset - 1, logAppendTimeMs, logStartOffset)
}

/** Appends batches as another broker wrote them: all of them or none. */
export const appendReplicated = (
  parts: LogParts,
  records: Buffer,
  now: number,
  logStartOffset: number,
): AppendResult => {
  const { local } = parts
  const batches = splitReplicated(records, local.nextOffset)
  if (batches instanceof AppendRefusal) return batches.result(logStartOffset)
  for (const { bytes, header, marker } of batches) {
    const { baseOffset, maxTimestamp, partitionLeaderEpoch: leaderEpoch } = header
    store(parts, { bytes, header, marker, baseOffset, maxTimestamp, leaderEpoch }, now)
  }
  return acceptedAppend(batches[0]?.header.baseOffset ?? -1, local.nextOffset - 1, -1, logStartOffset)
}

const store = (parts: LogParts, batch: PlacedBatch, now: number): void => {
  const { local, epochs, producers } = parts
  const { bytes, header, marker, baseOffset, maxTimestamp, leaderEpoch } = batch
  const lastOffset = baseOffset + header.lastOffsetDelta
  if (local.mustRoll(bytes.length, lastOffset, maxTimestamp, now)) {
    const isInReach = lastOffset - local.nextOffset <= MAX_RELATIVE_OFFSET
    // Replicated batches may leave a gap, but segments follow each other without one: a recovery could not tell it from lost bytes.
    rollLog(parts, isInReach ? local.nextOffset : baseOffset, now)
  }
  if (leaderEpoch > epochs.latestEpoch) epochs.assign(leaderEpoch, baseOffset)
  local.append(bytes, baseOffset, lastOffset + 1)
  if (header.producerId < 0) return
  if (marker) indexCompleted(local.active, producers.applyMarker(header, marker, baseOffset, maxTimestamp))
  else if (!isControl(header.attributes)) producers.apply(header, baseOffset, maxTimestamp)
}
