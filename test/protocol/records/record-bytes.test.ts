import * as fc from 'fast-check'
import { recordBodySize, writeRecord } from '../../../protocol/records/record-bytes'
import { varintSize } from '../../../protocol/records/varint'
import { anyRecord } from '../../support/record-arbitraries'

test('a record takes exactly the bytes that were measured, behind its length', () => {
  fc.assert(
    fc.property(anyRecord, fc.integer(), ({ key, value, headers, timestamp }, offsetDelta) => {
      const record = {
        timestampDelta: timestamp!,
        offsetDelta,
        key: key!,
        value: value!,
        headers: headers!,
      }
      const size = recordBodySize(record)
      const buffer = Buffer.alloc(3 + varintSize(size) + size + 3, 0xee)
      expect(writeRecord(buffer, 3, record, size)).toBe(buffer.length - 3)
      expect([...buffer.subarray(0, 3), ...buffer.subarray(-3)]).toEqual(Array(6).fill(0xee))
    }),
  )
})

test('a record has the bytes of the protocol guide', () => {
  const record = {
    timestampDelta: 5,
    offsetDelta: 2,
    key: Buffer.from('k'),
    value: null,
    headers: [{ key: 'é', value: Buffer.from('v') }],
  }
  const buffer = Buffer.alloc(13)
  writeRecord(buffer, 0, record, recordBodySize(record))
  // length, attributes, timestamp, offset, key, value, one header of key and value
  expect(buffer.toString('hex')).toBe(['18', '00', '0a', '04', '026b', '01', '02', '04c3a9', '0276'].join(''))
})
