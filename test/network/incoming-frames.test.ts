import fc from 'fast-check'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import { BufferPool } from '../../src/io/buffer-pool'
import { IncomingFrames } from '../../src/network/incoming-frames'
import { RequestMemory } from '../../src/network/request-memory'
import { virtualTime } from '../support/virtual-time'

const MAX_BYTES = 1_000_000

const setUp = (sizes: readonly number[] = []) => {
  const memory = new RequestMemory(-1, virtualTime().timers)
  const pool = new BufferPool({ sizes, idleBytesMax: 1_000_000 })
  return { memory, pool, frames: new IncomingFrames(MAX_BYTES, memory, pool) }
}

const never = () => false
const always = () => true

const lengthOnly = (length: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(length)
  return bytes
}

const frameOf = (contents: Buffer): Buffer => Buffer.concat([lengthOnly(contents.length), contents])

/** Lets `frames` have what a socket gives at once, in memory that is used for something else afterwards. */
const receive = (frames: IncomingFrames, chunk: Buffer, use: () => void = () => {}): void => {
  const bytes = Buffer.from(chunk)
  frames.push(bytes)
  use()
  frames.settle()
  bytes.fill(0xdb)
}

/** Takes all that is complete; what is kept is left as it is, of the others there is a copy. */
const takeAll = (frames: IncomingFrames, isKept: (request: Buffer) => boolean = never): Buffer[] => {
  const taken: Buffer[] = []
  for (let request = frames.next(isKept); request; request = frames.next(isKept)) {
    taken.push(isKept(request) ? request : Buffer.from(request))
    frames.handled(request)
  }
  return taken
}

test('requests are found where they were read, without a copy', () => {
  const { frames } = setUp()
  const chunk = Buffer.concat([frameOf(Buffer.from('first')), frameOf(Buffer.from('second'))])
  frames.push(chunk)
  const [first, second] = [frames.next(never)!, frames.next(never)!]
  expect(frames.next(never)).toBeNull()
  chunk.fill('x')
  expect([first.toString(), second.toString()]).toEqual(['xxxxx', 'xxxxxx'])
})

test('a request that is kept has memory of its own, whether it came in one piece or in several', () => {
  const { frames } = setUp([1_000])
  const kept: Buffer[] = []
  const take = () => kept.push(...takeAll(frames, always))
  const stream = Buffer.concat([1, 2, 3].map(content => frameOf(Buffer.alloc(600, content))))
  receive(frames, stream.subarray(0, 800), take)
  receive(frames, stream.subarray(800, 1_500), take)
  receive(frames, stream.subarray(1_500), take)
  expect(kept.map(request => [request.buffer.byteLength, ...new Set(request)])).toEqual([
    [600, 1],
    [600, 2],
    [600, 3],
  ])
})

test('a request that is not taken at once waits in memory of its own', () => {
  const { frames } = setUp()
  receive(frames, frameOf(Buffer.from('patient')))
  expect(frames.untakenBytes).toBe(11)
  expect(takeAll(frames).map(String)).toEqual(['patient'])
  expect(frames.untakenBytes).toBe(0)
})

test('memory in which a request was put together is used again when it is handled', () => {
  const { frames } = setUp([5_000, 10_000])
  const whole = frameOf(Buffer.alloc(10_000, 1))
  const takeOne = () => {
    receive(frames, whole.subarray(0, 5_000))
    frames.push(whole.subarray(5_000))
    return frames.next(never)!
  }
  const first = takeOne()
  const second = takeOne()
  expect(second.buffer).not.toBe(first.buffer)
  frames.handled(first)
  expect(takeOne().buffer).toBe(first.buffer)
})

test('a request is charged until it is answered, whether it is handled or not', () => {
  const { memory, frames } = setUp()
  receive(frames, Buffer.concat([100, 60_000].map(size => frameOf(Buffer.alloc(size)))), () => {
    expect(takeAll(frames)).toHaveLength(2)
  })
  expect(memory.heldBytes).toBeGreaterThanOrEqual(60_100)
  expect(memory.heldBytes).toBeLessThan(61_000)
  frames.answered(60_000)
  expect(memory.heldBytes).toBeGreaterThanOrEqual(100)
  expect(memory.heldBytes).toBeLessThan(1_000)
  frames.answered(100)
  expect(memory.heldBytes).toBe(0)
})

test('what waits for its end is charged as it is kept, however it is dribbled', () => {
  const { memory, frames } = setUp()
  for (const byte of frameOf(Buffer.alloc(50_000)).subarray(0, 40_000)) receive(frames, Buffer.from([byte]))
  expect(frames.untakenBytes).toBe(40_000)
  expect(memory.heldBytes).toBeGreaterThanOrEqual(40_000)
  expect(memory.heldBytes).toBeLessThan(120_000)
  frames.close()
  expect(memory.heldBytes).toBe(0)
})

test('waits for the bytes of a large request without making room for them', () => {
  const { memory, frames } = setUp()
  receive(frames, lengthOnly(MAX_BYTES), () => expect(frames.next(never)).toBeNull())
  expect(frames.untakenBytes).toBe(4)
  expect(memory.heldBytes).toBeLessThan(1_000)
})

test.each([-1, MAX_BYTES + 1])('refuses a length of %d before its bytes are there', length => {
  const { frames } = setUp()
  frames.push(lengthOnly(length))
  expect(() => frames.next(never)).toThrow(MalformedMessage)
})

test('closing releases everything at once, also what is still in work', () => {
  const { memory, frames } = setUp()
  receive(frames, frameOf(Buffer.alloc(100)), () => takeAll(frames))
  receive(frames, Buffer.alloc(3))
  frames.close()
  expect(memory.heldBytes).toBe(0)
  frames.answered(100)
  receive(frames, Buffer.alloc(10))
  frames.close()
  expect([memory.heldBytes, frames.heldBytes, frames.untakenBytes]).toEqual([0, 0, 0])
  expect(frames.next(never)).toBeNull()
})

test('whatever the sizes of requests and chunks, and the order of answers, requests are whole and the account ends at zero', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 20 })
  const chunkSizes = fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 40 })
  fc.assert(
    fc.property(sizes, chunkSizes, fc.infiniteStream(fc.nat()), (requestSizes, cuts, chance) => {
      const { memory, frames } = setUp([1_000, 4_000])
      const isKept = (request: Buffer) => request.length > 0 && request[0]! % 2 === 0
      const stream = Buffer.concat(requestSizes.map((size, at) => frameOf(Buffer.alloc(size, at + 1))))
      const taken: Buffer[] = []
      const inWork: Buffer[] = []
      let at = 0
      for (const size of [...cuts, stream.length]) {
        receive(frames, stream.subarray(at, at + size), () => {
          // Not all that is complete is taken in every turn.
          for (let left = chance.next().value % 4; left > 0; left--) {
            const request = frames.next(isKept)
            if (!request) break
            const seen = isKept(request) ? request : Buffer.from(request)
            frames.handled(request)
            taken.push(seen)
            inWork.push(seen)
          }
        })
        at = Math.min(at + size, stream.length)
        expect(memory.heldBytes).toBeGreaterThanOrEqual(inWork.reduce((sum, { length }) => sum + length, 0))
        for (const { length } of inWork.splice(0, chance.next().value % (inWork.length + 1))) frames.answered(length)
      }
      const rest = takeAll(frames, isKept)
      expect([...taken, ...rest]).toEqual(requestSizes.map((size, index) => Buffer.alloc(size, index + 1)))
      for (const { length } of [...inWork, ...rest]) frames.answered(length)
      expect([memory.heldBytes, frames.untakenBytes]).toEqual([0, 0])
    }),
  )
})
