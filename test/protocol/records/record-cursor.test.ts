import { InvalidBatch } from '../../../protocol/records/invalid-batch'
import { encodeBatch, type RecordInput } from '../../../protocol/records/record-batch'
import { openRecords, type RecordCursor } from '../../../protocol/records/record-cursor'
import { goldenBatches } from '../../support/golden-batches'

const AMPLE = { maxBytes: 1_000_000 }

const open = (records: readonly RecordInput[], compression = 0): RecordCursor =>
  openRecords(encodeBatch({ baseOffset: 100, records, compression }), 0, AMPLE)

/** A batch of one record with these bytes, its length in front included, and a base timestamp. */
const handmade = (record: string, options: { count?: number; baseTimestamp?: number } = {}): RecordCursor => {
  const header = encodeBatch({ records: [], baseTimestamp: options.baseTimestamp ?? 0 })
  const batch = Buffer.concat([header, Buffer.from(record.replaceAll(' ', ''), 'hex')])
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(options.count ?? 1, 57)
  return openRecords(batch, 0, AMPLE)
}

const walk = (cursor: RecordCursor): number => {
  let count = 0
  while (cursor.next()) count++
  return count
}

describe('walking', () => {
  test.each(goldenBatches)('$name: positions lead to the same keys and values as slices', ({ bytes }) => {
    const cursor = openRecords(bytes, 0, AMPLE)
    let end = cursor.buffer === bytes ? 61 : 0
    while (cursor.next()) {
      const { buffer, keyStart, keyLength, valueStart, valueLength } = cursor
      expect(cursor.start).toBe(end)
      end = cursor.end
      expect(cursor.key()).toEqual(keyLength < 0 ? null : buffer.subarray(keyStart, keyStart + keyLength))
      expect(cursor.value()).toEqual(valueLength < 0 ? null : buffer.subarray(valueStart, valueStart + valueLength))
      expect(cursor.headers()).toHaveLength(cursor.headerCount)
    }
    expect(end).toBe(cursor.buffer.length)
  })

  test('goes on after a look at the headers, and looks at them as often as wanted', () => {
    const headers = [
      { key: 'a', value: Buffer.from('1') },
      { key: 'a', value: null },
      { key: 'é', value: Buffer.alloc(0) },
    ]
    const cursor = open([{ headers }, { key: Buffer.from('next') }])
    cursor.next()
    expect(cursor.headers()).toEqual(headers)
    expect(cursor.headers()).toEqual(headers)
    cursor.next()
    expect(cursor.headers()).toEqual([])
    expect(cursor.key()).toEqual(Buffer.from('next'))
    expect(cursor.next()).toBe(false)
    expect(cursor.next()).toBe(false)
  })

  test('works on the bytes of the batch itself unless they are compressed', () => {
    const batch = encodeBatch({ records: [{ key: Buffer.from('k') }] })
    const cursor = openRecords(batch, 0, AMPLE)
    cursor.next()
    expect(cursor.buffer).toBe(batch)
    batch[cursor.keyStart] = 0x58
    expect(cursor.key()).toEqual(Buffer.from('X'))
  })

  test('can stop at any record', () => {
    const cursor = open([{ timestamp: 5 }, { timestamp: 9 }, { timestamp: 7 }], 1)
    while (cursor.next() && cursor.timestamp < 9);
    expect([cursor.offset, cursor.offsetDelta]).toEqual([101, 1])
  })

  test('knows that a batch without records has none', () => {
    expect(open([]).next()).toBe(false)
  })
})

describe('a record made by hand', () => {
  // length 6 (0c), attributes, timestamp delta, offset delta, key, value, headers
  test('of the smallest size reads', () => {
    const cursor = handmade('0c 00 00 00 01 01 00')
    expect(cursor.next()).toBe(true)
    expect([cursor.keyLength, cursor.valueLength, cursor.headerCount]).toEqual([-1, -1, 0])
    expect(cursor.next()).toBe(false)
  })

  test('may state lengths in more bytes than needed, and any negative length for null', () => {
    const cursor = handmade('14 00 00 00 8180808000 03 00')
    expect(cursor.next()).toBe(true)
    expect([cursor.keyLength, cursor.valueLength]).toEqual([-1, -1])
  })

  test('has attributes that nobody looks at', () => {
    expect(walk(handmade('0c ff 00 00 01 01 00'))).toBe(1)
  })

  test.each([
    ['a negative length', '0b 00 00 00 01 01 00', 'does not fit into its batch'],
    ['a length beyond the batch', '0e 00 00 00 01 01 00', 'does not fit into its batch'],
    ['no bytes at all', '00', 'does not fit into its record'],
    ['a length that leaves bytes over', '0e 00 00 00 01 01 00 00', 'fields end -1 bytes off'],
    ['a length that is too short', '0a 00 00 00 01 01 00', 'fields end 1 bytes off'],
    ['a key longer than the record', '0c 00 00 00 04 01 00', 'does not fit into its record'],
    ['a value longer than the record', '0c 00 00 00 01 04 00', 'does not fit into its record'],
    ['a number of headers below 0', '0c 00 00 00 01 01 01', 'cannot have -1 headers'],
    ['more headers than bytes', '0c 00 00 00 01 01 08', 'does not fit into its record'],
    ['2^31 - 1 headers', '14 00 00 00 01 01 feffffff0f', 'does not fit into its record'],
    ['a header without key', '10 00 00 00 01 01 02 01 01', 'the key of a header is null'],
    ['a header that ends early', '0e 00 00 00 01 01 02 04', 'does not fit into its record'],
    ['a varint of 6 bytes', '16 00 00 00 818080808000 01 00', 'more than 5 bytes'],
    ['a varint that never ends', '80', 'does not fit into its batch'],
    ['a varlong of 11 bytes', '20 00 8080808080808080808000 00 01 01 00', 'more than 10 bytes'],
    ['a timestamp delta of 2^53', '1a 00 8080808080808020 00 01 01 00', 'beyond 2^53 - 1'],
    ['something behind it', '0c 00 00 00 01 01 00 00', '1 bytes behind the 1 records'],
  ])('with %s is refused', (_, record, message) => {
    expect(() => walk(handmade(record))).toThrow(InvalidBatch)
    expect(() => walk(handmade(record))).toThrow(message)
  })

  test('has a timestamp delta of up to 2^53 - 1 either way', () => {
    const greatest = handmade('1a 00 feffffffffffff1f 00 01 01 00')
    greatest.next()
    expect(greatest.timestamp).toBe(2 ** 53 - 1)
    const least = handmade('1a 00 fdffffffffffff1f 00 01 01 00')
    least.next()
    expect(least.timestamp).toBe(1 - 2 ** 53)
  })

  test('is refused when its timestamp leaves the safe integers', () => {
    expect(() => walk(handmade('0c 00 02 00 01 01 00', { baseTimestamp: Number.MAX_SAFE_INTEGER }))).toThrow(
      InvalidBatch,
    )
  })
})

test.each([
  [0, '7 bytes behind the 0 records'],
  [2, '1 records of a batch are missing'],
  [2 ** 31 - 1, 'records of a batch are missing'],
  [-1, 'cannot have -1 records'],
])('a batch of one record that counts %i is refused', (count, message) => {
  expect(() => walk(handmade('0c 00 00 00 01 01 00', { count }))).toThrow(message)
})

test('a batch of which the buffer holds only a part is refused', () => {
  const batch = encodeBatch({ records: [{}] })
  expect(() => openRecords(batch.subarray(0, -1), 0, AMPLE)).toThrow(InvalidBatch)
})
