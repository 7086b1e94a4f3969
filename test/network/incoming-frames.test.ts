import fc from 'fast-check'
import { BufferPool } from '../../src/io/buffer-pool'
import { type IncomingFrame, IncomingFrames } from '../../src/network/incoming-frames'
import { RequestMemory } from '../../src/network/request-memory'
import { virtualTime } from '../support/virtual-time'

const setUp = (sizes: readonly number[] = []) => {
  const memory = new RequestMemory(-1, virtualTime().timers)
  const pool = new BufferPool({ sizes, idleBytesMax: 1_000_000 })
  return { memory, pool, frames: new IncomingFrames(1_000_000, memory, pool) }
}

const never = () => false
const always = () => true

const frameOf = (contents: Buffer): Buffer => {
  const frame = Buffer.alloc(4 + contents.length)
  frame.writeInt32BE(contents.length)
  contents.copy(frame, 4)
  return frame
}

/** A chunk with memory of its own, as one from a socket. */
const chunkOf = (...parts: Buffer[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const chunk = Buffer.from(new ArrayBuffer(length))
  Buffer.concat(parts).copy(chunk)
  return chunk
}

const takeAll = (frames: IncomingFrames, mayBorrow: (bytes: Buffer) => boolean = never): IncomingFrame[] => {
  const taken: IncomingFrame[] = []
  for (let frame = frames.next(mayBorrow); frame; frame = frames.next(mayBorrow)) taken.push(frame)
  return taken
}

test('a chunk is charged once, whole, until the last request in it is answered', () => {
  const { memory, frames } = setUp()
  frames.push(chunkOf(frameOf(Buffer.alloc(100)), frameOf(Buffer.alloc(60_000)), frameOf(Buffer.alloc(10))))
  const [small, large, last] = takeAll(frames)
  const charged = memory.heldBytes
  expect(charged).toBeGreaterThanOrEqual(60_122)
  expect(charged).toBeLessThan(61_000)
  frames.release(large!, true)
  frames.release(last!, true)
  expect(memory.heldBytes).toBe(charged)
  frames.release(small!, true)
  expect(memory.heldBytes).toBe(0)
})

test('a request in several chunks is charged as what was put together, its chunks no longer', () => {
  const { memory, frames } = setUp()
  const whole = frameOf(Buffer.alloc(100_000, 1))
  frames.push(chunkOf(whole.subarray(0, 40_000)))
  frames.push(chunkOf(whole.subarray(40_000, 80_000)))
  expect(frames.next(never)).toBeNull()
  expect(frames.untakenBytes).toBe(80_000)
  expect(memory.heldBytes).toBeGreaterThanOrEqual(80_000)
  frames.push(chunkOf(whole.subarray(80_000)))
  const frame = frames.next(never)!
  expect(frame.bytes.equals(whole.subarray(4))).toBe(true)
  expect(frames.untakenBytes).toBe(0)
  expect(memory.heldBytes).toBeGreaterThanOrEqual(100_000)
  expect(memory.heldBytes).toBeLessThan(101_000)
  frames.release(frame, true)
  expect(memory.heldBytes).toBe(0)
})

test('a request whose length came in the chunk before shares the chunk with its contents', () => {
  const { memory, frames } = setUp()
  const frame = frameOf(Buffer.alloc(50_000))
  frames.push(chunkOf(frame.subarray(0, 4)))
  frames.push(chunkOf(frame.subarray(4)))
  const taken = frames.next(never)!
  expect(memory.heldBytes).toBeLessThan(51_000)
  frames.release(taken, true)
  expect(memory.heldBytes).toBe(0)
})

test('single bytes are charged for what they cost', () => {
  const { memory, frames } = setUp()
  for (const byte of frameOf(Buffer.alloc(1000)).subarray(0, 1000)) frames.push(chunkOf(Buffer.from([byte])))
  expect(memory.heldBytes).toBeGreaterThan(100_000)
  frames.close()
  expect(memory.heldBytes).toBe(0)
})

test('closing releases everything at once, also what is still in work', () => {
  const { memory, frames } = setUp()
  frames.push(chunkOf(frameOf(Buffer.alloc(100))))
  frames.push(chunkOf(Buffer.alloc(3)))
  const frame = frames.next(never)!
  frames.close()
  expect(memory.heldBytes).toBe(0)
  frames.release(frame, true)
  frames.push(chunkOf(Buffer.alloc(10)))
  frames.close()
  expect(memory.heldBytes).toBe(0)
  expect(frames.heldBytes).toBe(0)
})

describe('memory for requests in several chunks', () => {
  const SIZE = 10_000

  const push = (frames: IncomingFrames, content: number) => {
    const whole = frameOf(Buffer.alloc(SIZE, content))
    frames.push(chunkOf(whole.subarray(0, 5_000)))
    frames.push(chunkOf(whole.subarray(5_000)))
  }

  /** Takes two requests, and a third one when the first is answered. */
  const takeThree = (mayBorrowFirst: () => boolean) => {
    const { frames } = setUp([SIZE])
    push(frames, 1)
    const first = frames.next(mayBorrowFirst)!
    push(frames, 2)
    const second = frames.next(always)!
    expect(second.bytes.buffer).not.toBe(first.bytes.buffer)
    frames.release(first, true)
    push(frames, 3)
    return [first.bytes, second.bytes, frames.next(always)!.bytes] as const
  }

  test('is used again when the request is answered and may be borrowed', () => {
    const [first, second, third] = takeThree(always)
    expect(third.buffer).toBe(first.buffer)
    expect([...new Set(second)]).toEqual([2])
  })

  test('is not, when the request has failed or its connection has gone: somebody may still be at work with it', () => {
    const { frames, memory, pool } = setUp([SIZE])
    push(frames, 1)
    push(frames, 2)
    const [failed, left] = takeAll(frames, always)
    frames.release(failed!, false)
    frames.close()
    frames.release(left!, true)
    const others = new IncomingFrames(SIZE, memory, pool)
    push(others, 3)
    const { buffer } = others.next(always)!.bytes
    expect([failed!.bytes.buffer, left!.bytes.buffer]).not.toContain(buffer)
  })

  test('is not kept by a request of which parts may be kept', () => {
    const [first, second, third] = takeThree(never)
    expect([first, second, third].map(bytes => [...new Set(bytes)])).toEqual([[1], [2], [3]])
  })
})

test('whatever the sizes of requests and chunks, and the order of answers, the account ends at zero', () => {
  const sizes = fc.array(fc.integer({ min: 2, max: 5_000 }), { minLength: 1, maxLength: 20 })
  const chunkSizes = fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 40 })
  fc.assert(
    fc.property(sizes, chunkSizes, fc.infiniteStream(fc.nat()), (requestSizes, cuts, chance) => {
      const { memory, frames } = setUp([1_000, 4_000])
      const isBorrowed = (bytes: Buffer) => bytes[0]! % 2 === 0
      const stream = Buffer.concat(requestSizes.map((size, i) => frameOf(Buffer.alloc(size, i + 1))))
      const inWork: IncomingFrame[] = []
      const seen: number[] = []
      let at = 0
      for (const size of [...cuts, stream.length]) {
        frames.push(chunkOf(stream.subarray(at, at + size)))
        at = Math.min(at + size, stream.length)
        for (const frame of takeAll(frames, isBorrowed)) {
          seen.push(frame.bytes.length)
          inWork.push(frame)
        }
        // Never less than what is really alive.
        const alive = new Set(inWork.map(({ bytes }) => bytes.buffer))
        expect(memory.heldBytes).toBeGreaterThanOrEqual([...alive].reduce((sum, { byteLength }) => sum + byteLength, 0))
        const answered = chance.next().value % (inWork.length + 1)
        for (const frame of inWork.splice(0, answered)) {
          expect(frame.bytes.equals(Buffer.alloc(frame.bytes.length, frame.bytes[0]))).toBe(true)
          frames.release(frame, true)
        }
      }
      expect(seen).toEqual(requestSizes)
      for (const frame of inWork) frames.release(frame, true)
      expect(memory.heldBytes).toBe(0)
      expect(frames.untakenBytes).toBe(0)
    }),
  )
})
