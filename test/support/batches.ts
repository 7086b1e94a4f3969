import { isControl } from '../../protocol/records/batch-header'
import { type BatchInput, decodeRecords, encodeBatch, iterateBatches } from '../../protocol/records/record-batch'

/** When virtual time begins. */
export const START_MS = Date.UTC(2025, 0, 1)

/** A batch with a record for each value. */
export const batchOf = (values: readonly string[], changes: Partial<BatchInput> = {}): Buffer =>
  encodeBatch({ records: values.map(value => ({ value: Buffer.from(value), timestamp: START_MS })), ...changes })

/** The values of all records that are not control records. */
export const valuesOf = (records: Buffer | null): string[] => {
  const values: string[] = []
  for (const { position, header } of iterateBatches(records ?? Buffer.alloc(0))) {
    if (isControl(header.attributes)) continue
    for (const { value } of decodeRecords(records!, position, { maxBytes: 1 << 24 })) values.push(`${value}`)
  }
  return values
}
