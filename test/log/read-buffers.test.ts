import { ReadBuffers } from '../../src/log/read-buffers'

const PIECE_BYTES = 1000

test('memory that was given back is used again', () => {
  const buffers = new ReadBuffers(PIECE_BYTES)
  const first = buffers.take(PIECE_BYTES)
  buffers.giveBack(first.subarray(10, 20))
  const second = buffers.take(600)
  expect(second).toHaveLength(600)
  expect(second.buffer).toBe(first.buffer)
})

test('memory that is in use is nobody else’s', () => {
  const buffers = new ReadBuffers(PIECE_BYTES)
  const memory = Array.from({ length: 20 }, () => buffers.take(PIECE_BYTES).buffer)
  expect(new Set(memory).size).toBe(20)
})

test('giving back twice lends it once', () => {
  const buffers = new ReadBuffers(PIECE_BYTES)
  const taken = buffers.take(PIECE_BYTES)
  buffers.giveBack(taken)
  buffers.giveBack(taken)
  expect(buffers.take(PIECE_BYTES).buffer).not.toBe(buffers.take(PIECE_BYTES).buffer)
})

test('what came from elsewhere is left alone', () => {
  const buffers = new ReadBuffers(PIECE_BYTES)
  const foreign = Buffer.alloc(PIECE_BYTES)
  buffers.giveBack(foreign)
  expect(buffers.take(PIECE_BYTES).buffer).not.toBe(foreign.buffer)
})

test.each([499, 1001])('a read of %d bytes gets memory of its own size', bytes => {
  const buffers = new ReadBuffers(PIECE_BYTES)
  const taken = buffers.take(bytes)
  expect(taken.buffer.byteLength).toBe(bytes)
  buffers.giveBack(taken)
  expect(buffers.take(bytes).buffer).not.toBe(taken.buffer)
})

test('no more pieces lie idle than allowed', () => {
  const buffers = new ReadBuffers(PIECE_BYTES, 2)
  const taken = Array.from({ length: 3 }, () => buffers.take(PIECE_BYTES))
  for (const buffer of taken) buffers.giveBack(buffer)
  const memory = new Set(taken.map(({ buffer }) => buffer))
  const again = Array.from({ length: 3 }, () => buffers.take(PIECE_BYTES).buffer)
  expect(again.filter(buffer => memory.has(buffer))).toHaveLength(2)
})
