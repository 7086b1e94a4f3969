import { VirtualClock } from '../../src/io/memory/virtual-clock'
import { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { RequestMemory } from '../../src/network/request-memory'

const setUp = (limitBytes: number) => {
  const timers = new VirtualTimers(new VirtualClock())
  const memory = new RequestMemory(limitBytes, timers)
  const seen: string[] = []
  const join = (name: string, partialBytes = 0) => {
    const holder = {
      partialBytes,
      memoryChanged: () => seen.push(`${name} ${memory.exhausted ? 'stops' : 'reads'}`),
      evict: () => {
        seen.push(`${name} evicted`)
        memory.leave(holder)
        memory.release(holder.partialBytes)
        holder.partialBytes = 0
      },
    }
    memory.join(holder)
    return holder
  }
  return { timers, memory, seen, join }
}

test('at the limit all are told to stop, and to read again when a quarter is free', () => {
  const { memory, seen, join } = setUp(1_000)
  join('a')
  join('b')
  memory.charge(999)
  expect(seen).toEqual([])
  memory.charge(1)
  memory.charge(200)
  expect(seen).toEqual(['a stops', 'b stops'])
  memory.release(450)
  expect(memory.exhausted).toBe(true)
  memory.release(1)
  expect(seen).toEqual(['a stops', 'b stops', 'a reads', 'b reads'])
  expect(memory.heldBytes).toBe(749)
})

test('twice the limit is never exceeded: the largest unfinished request is given up', () => {
  const { memory, seen, join } = setUp(1_000)
  const small = join('small', 900)
  const large = join('large', 1_100)
  memory.charge(2_000)
  expect(seen).toEqual(['small stops', 'large stops'])
  memory.charge(1)
  expect(seen.slice(2)).toEqual(['large evicted'])
  expect([small.partialBytes, large.partialBytes, memory.heldBytes]).toEqual([900, 0, 901])
})

test('unfinished requests that fill the memory for seconds are given up one by one, the largest first', async () => {
  const { timers, memory, seen, join } = setUp(1_000)
  join('small', 500)
  join('large', 800)
  memory.charge(1_300)
  await timers.advance(4_999)
  expect(seen).toEqual(['small stops', 'large stops'])
  await timers.advance(1)
  expect(seen.slice(2)).toEqual(['large evicted', 'small reads'])
  expect(timers.pendingCount).toBe(0)
})

test('nobody is given up when the memory is held by requests in work', async () => {
  const { timers, memory, seen, join } = setUp(1_000)
  join('partial', 400)
  memory.charge(1_000)
  await timers.advance(60_000)
  expect(seen).toEqual(['partial stops'])
  memory.release(600)
  expect(timers.pendingCount).toBe(0)
})

test('a limit of -1 stands for a default of our own', () => {
  const { memory } = setUp(-1)
  memory.charge(128 * 1024 * 1024)
  expect(memory.exhausted).toBe(false)
  memory.charge(128 * 1024 * 1024)
  expect(memory.exhausted).toBe(true)
})
