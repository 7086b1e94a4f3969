import { BufferPool } from '../../src/io/buffer-pool'

const PIECE_BYTES = 1000

const poolOf = (idlePieces = 10) => new BufferPool({ sizes: [PIECE_BYTES], idleBytesMax: idlePieces * PIECE_BYTES })

test('memory that was given back is used again', () => {
  const pool = poolOf()
  const first = pool.take(PIECE_BYTES)
  pool.giveBack(first.subarray(10, 20))
  const second = pool.take(600)
  expect(second).toHaveLength(600)
  expect(second.buffer).toBe(first.buffer)
})

test('memory that is in use is nobody else’s', () => {
  const pool = poolOf()
  const memory = Array.from({ length: 20 }, () => pool.take(PIECE_BYTES).buffer)
  expect(new Set(memory).size).toBe(20)
})

test('giving back twice lends it once', () => {
  const pool = poolOf()
  const taken = pool.take(PIECE_BYTES)
  pool.giveBack(taken)
  pool.giveBack(taken)
  expect(pool.take(PIECE_BYTES).buffer).not.toBe(pool.take(PIECE_BYTES).buffer)
})

test('what came from elsewhere is left alone', () => {
  const pool = poolOf()
  const foreign = Buffer.alloc(PIECE_BYTES)
  pool.giveBack(foreign)
  expect(pool.take(PIECE_BYTES).buffer).not.toBe(foreign.buffer)
})

test.each([499, 1001])('a taker of %d bytes gets memory of its own size', bytes => {
  const pool = poolOf()
  const taken = pool.take(bytes)
  expect(taken.buffer.byteLength).toBe(bytes)
  pool.giveBack(taken)
  expect(pool.take(bytes).buffer).not.toBe(taken.buffer)
})

test('no more pieces lie idle than allowed', () => {
  const pool = poolOf(2)
  const taken = Array.from({ length: 3 }, () => pool.take(PIECE_BYTES))
  for (const buffer of taken) pool.giveBack(buffer)
  const memory = new Set(taken.map(({ buffer }) => buffer))
  const again = Array.from({ length: 3 }, () => pool.take(PIECE_BYTES).buffer)
  expect(again.filter(buffer => memory.has(buffer))).toHaveLength(2)
})

test('each size has pieces of its own; the smallest that is large enough is lent', () => {
  const pool = new BufferPool({ sizes: [1000, 2000], idleBytesMax: 3000 })
  const [small, large] = [pool.take(900), pool.take(1001)]
  expect([small.buffer.byteLength, large.buffer.byteLength]).toEqual([1000, 2000])
  pool.giveBack(small)
  pool.giveBack(large)
  expect(pool.take(2000).buffer).toBe(large.buffer)
  expect(pool.take(500).buffer).toBe(small.buffer)
})
