import * as fc from 'fast-check'
import type { RecordInput } from '../../protocol/records/record-batch'

const bytes = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array))
const nullableBytes = fc.option(bytes, { nil: null })

/** A record of any content; timestamps are far enough inside the safe integers for differences of them to be safe. */
export const anyRecord: fc.Arbitrary<RecordInput> = fc.record({
  key: nullableBytes,
  value: nullableBytes,
  timestamp: fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 51), max: 2 ** 51 })),
  headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 20 }), value: nullableBytes }), {
    maxLength: 5,
  }),
})
