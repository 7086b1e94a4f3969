import fc from 'fast-check'
import { BufferPool } from '../../src/io/buffer-pool'
import { ByteBacklog } from '../../src/network/byte-backlog'

const SIZES = [1_000, 4_000, 16_000]

const setUp = () => {
  const pool = new BufferPool({ sizes: SIZES, idleBytesMax: 1_000_000 })
  return { pool, backlog: new ByteBacklog(pool) }
}

test('what was added comes out in order, whatever the pieces', () => {
  const steps = fc.array(fc.record({ add: fc.nat(3_000), take: fc.nat(3_000) }), { maxLength: 30 })
  fc.assert(
    fc.property(steps, all => {
      const { backlog } = setUp()
      const expected: number[] = []
      let next = 0
      for (const { add, take } of all) {
        const bytes = Buffer.from(Array.from({ length: add }, () => next++ % 251))
        expected.push(...bytes)
        backlog.add(bytes)
        bytes.fill(255)
        expect(backlog.length).toBe(expected.length)
        const into = Buffer.alloc(take)
        const count = backlog.take(into)
        expect(count).toBe(Math.min(take, expected.length))
        expect([...into.subarray(0, count)]).toEqual(expected.splice(0, count))
        expect(backlog.capacity).toBeGreaterThanOrEqual(backlog.length)
      }
    }),
  )
})

test('single bytes keep little more memory than they are', () => {
  const { backlog } = setUp()
  for (let at = 0; at < 100_000; at++) backlog.add(Buffer.from([at]))
  expect(backlog.capacity).toBeLessThan(200_000)
  expect(backlog.capacity).toBeGreaterThanOrEqual(100_000)
})

test('a single byte keeps little memory', () => {
  const { backlog } = setUp()
  backlog.add(Buffer.from([1]))
  expect(backlog.capacity).toBeLessThanOrEqual(256)
})

test.each(['taken', 'cleared'])('memory is given back when all in it is %s', end => {
  const { pool, backlog } = setUp()
  backlog.add(Buffer.alloc(3_000, 1))
  if (end === 'taken') backlog.take(Buffer.alloc(3_000))
  else backlog.clear()
  expect([backlog.length, backlog.capacity]).toEqual([0, 0])
  const memory = pool.take(4_000)
  expect(memory[0]).toBe(1)
  backlog.add(Buffer.alloc(3_000, 2))
  expect(memory[0]).toBe(1)
})
