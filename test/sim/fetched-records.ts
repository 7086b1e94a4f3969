import type { FetchResponse } from '../../protocol/messages/01-fetch'
import { isControl, isTransactional } from '../../protocol/records/batch-header'
import { decodeRecords, iterateBatches } from '../../protocol/records/record-batch'

const RECORD_BYTES_MAX = 1 << 20

type FetchedPartition = FetchResponse['responses'][number]['partitions'][number]

export interface FetchedRecord {
  readonly offset: number
  readonly value: string
}

export interface FetchedRecords {
  readonly records: readonly FetchedRecord[]
  /** Where to go on; the offset that was asked for when nothing came. */
  readonly nextOffset: number
}

/** The records from `from` on that a consumer sees, without those of transactions that the answer calls aborted. */
export const recordsOf = (partition: FetchedPartition, from: number): FetchedRecords => {
  const bytes = partition.records ?? Buffer.alloc(0)
  const aborted = [...(partition.abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset)
  const skipped = new Set<number>()
  const records: FetchedRecord[] = []
  let nextOffset = from
  for (const { position, header } of iterateBatches(bytes)) {
    const lastOffset = header.baseOffset + header.lastOffsetDelta
    while (aborted.length > 0 && aborted[0]!.firstOffset <= lastOffset) skipped.add(aborted.shift()!.producerId)
    nextOffset = lastOffset + 1
    if (isControl(header.attributes)) {
      skipped.delete(header.producerId)
      continue
    }
    if (isTransactional(header.attributes) && skipped.has(header.producerId)) continue
    for (const { offset, value } of decodeRecords(bytes, position, { maxBytes: RECORD_BYTES_MAX })) {
      if (offset >= from) records.push({ offset, value: String(value) })
    }
  }
  return { records, nextOffset }
}
