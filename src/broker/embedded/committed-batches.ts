import { isControl, isTransactional } from '../../../protocol/records/batch-header'
import { readEndTransactionMarker } from '../../../protocol/records/control-record'
import { iterateBatches } from '../../../protocol/records/record-batch'
import type { AbortedTransaction } from '../../log/log-read'

/**
 * Where in `buffer` the batches begin that an application gets to see: no control batches, and none of the transactions in `aborted`, which
 * are left out as consumers do it.
 */
export function* visibleBatches(buffer: Buffer, aborted: readonly AbortedTransaction[]): Generator<number, void> {
  const coming = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<number>()
  for (const { position, header } of iterateBatches(buffer)) {
    while (coming.length > 0 && coming[0]!.firstOffset < header.baseOffset + header.lastOffsetDelta + 1) {
      aborting.add(coming.shift()!.producerId)
    }
    if (isControl(header.attributes)) {
      if (readEndTransactionMarker(buffer, position)?.isCommit === false) aborting.delete(header.producerId)
    } else if (!(isTransactional(header.attributes) && aborting.has(header.producerId))) yield position
  }
}
