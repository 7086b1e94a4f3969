import { VirtualClock } from '../../src/io/memory/virtual-clock'
import { VirtualTimers } from '../../src/io/memory/virtual-timers'
import type { LogSegment } from '../../src/log/log-segment'
import { WriteQueue } from '../../src/log/write-queue'
import { WriteSchedule } from '../../src/log/write-schedule'
import { WriteSpeed } from '../../src/log/write-speed'

/** A queue over segments that only note what happens to them, one write at a time. */
class Scene {
  readonly events: string[] = []
  readonly clock = new VirtualClock()
  readonly timers = new VirtualTimers(this.clock)
  readonly schedule = new WriteSchedule(this.timers)
  readonly speed = new WriteSpeed()
  mustFlush = false
  mustFlushFull = false
  /** What the next write costs in ms, or how it fails. */
  next: { ms?: number; error?: Error } = {}
  readonly #pending: (() => void)[] = []
  readonly queue = new WriteQueue({
    schedule: this.schedule,
    speed: this.speed,
    clock: this.clock,
    mustFlush: () => this.mustFlush,
    mustFlushFull: () => this.mustFlushFull,
    flush: async endOffset => {
      this.events.push(`flush ${endOffset}`)
    },
    onWritten: endOffset => this.events.push(`written ${endOffset}`),
    onFull: segment => this.events.push(`full ${segment.baseOffset}`),
    onFailed: error => {
      this.events.push(`failed ${(error as Error).message}`)
      this.queue.close()
    },
  })

  segment(baseOffset: number): LogSegment {
    const write = () => {
      const { ms = 0, error } = this.next
      this.next = {}
      this.clock.advance(ms)
      if (error) throw error
    }
    const segment = {
      baseOffset,
      writeSync: () => {
        this.events.push(`sync ${baseOffset}`)
        write()
      },
      write: async () => {
        this.events.push(`async ${baseOffset}`)
        await new Promise<void>(resolve => this.#pending.push(resolve))
        write()
      },
    }
    return segment as unknown as LogSegment
  }

  /** Ends the write that is under way. */
  async finishWrite(): Promise<void> {
    this.#pending.shift()!()
    await this.timers.settle()
  }

  take(): string[] {
    return this.events.splice(0)
  }
}

test('all that is queued in a turn is written at its end, in the event loop', async () => {
  const scene = new Scene()
  const segment = scene.segment(0)
  scene.queue.add(segment, 10, 1)
  scene.queue.add(segment, 10, 2)
  expect([scene.queue.isEmpty, scene.take()]).toEqual([false, []])
  await scene.timers.settle()
  expect([scene.queue.isEmpty, scene.take()]).toEqual([true, ['sync 0', 'written 2']])
})

test('a segment is full when the next one has begun', async () => {
  const scene = new Scene()
  scene.queue.add(scene.segment(0), 10, 1)
  scene.queue.add(scene.segment(1), 10, 2)
  await scene.timers.settle()
  expect(scene.take()).toEqual(['sync 0', 'full 0', 'sync 1', 'written 2'])
})

test('after a slow write the thread pool writes, one group at a time', async () => {
  const scene = new Scene()
  const segment = scene.segment(0)
  scene.next = { ms: 500 }
  scene.queue.add(segment, 10, 1)
  await scene.timers.settle()
  scene.queue.add(segment, 10, 2)
  await scene.timers.settle()
  scene.queue.add(segment, 10, 3)
  scene.queue.add(segment, 10, 4)
  await scene.timers.settle()
  expect(scene.take()).toEqual(['sync 0', 'written 1', 'async 0'])
  await scene.finishWrite()
  expect(scene.take()).toEqual(['written 2', 'async 0'])
  await scene.finishWrite()
  expect(scene.take()).toEqual(['written 4'])
  expect(scene.queue.isEmpty).toBe(true)
})

test('what must be flushed counts as written after that', async () => {
  const scene = new Scene()
  scene.mustFlush = true
  scene.queue.add(scene.segment(0), 10, 1)
  await scene.timers.settle()
  await scene.finishWrite()
  expect(scene.take()).toEqual(['async 0', 'flush 1', 'written 1'])
})

test('a full segment is flushed before anything is written behind it, where that is asked for', async () => {
  const scene = new Scene()
  scene.mustFlushFull = true
  scene.queue.add(scene.segment(0), 10, 1)
  scene.queue.add(scene.segment(1), 10, 2)
  await scene.timers.settle()
  await scene.finishWrite()
  expect(scene.take()).toEqual(['async 0', 'full 0', 'flush 1', 'async 1'])
  await scene.finishWrite()
  expect(scene.take()).toEqual(['written 2'])
})

test('draining waits for all that is queued', async () => {
  const scene = new Scene()
  const segment = scene.segment(0)
  scene.mustFlush = true
  scene.queue.add(segment, 10, 1)
  let isDrained = false
  const drained = scene.queue.drain().then(() => {
    isDrained = true
  })
  scene.queue.add(segment, 10, 2)
  await scene.finishWrite()
  expect(isDrained).toBe(false)
  await scene.finishWrite()
  await drained
  expect(scene.take()).toEqual(['async 0', 'flush 1', 'written 1', 'async 0', 'flush 2', 'written 2'])
})

test.each([false, true])('nothing is written after a failure (through the thread pool: %s)', async mustFlush => {
  const scene = new Scene()
  const segment = scene.segment(0)
  scene.mustFlush = mustFlush
  scene.next = { error: new Error('EIO') }
  scene.queue.add(segment, 10, 1)
  await scene.timers.settle()
  if (mustFlush) await scene.finishWrite()
  scene.queue.add(segment, 10, 2)
  await scene.timers.settle()
  expect(scene.take()).toEqual([mustFlush ? 'async 0' : 'sync 0', 'failed EIO'])
})

test('a write that ends or fails after the queue was closed is of no interest', async () => {
  for (const next of [{}, { error: new Error('gone') }]) {
    const scene = new Scene()
    scene.mustFlush = true
    scene.next = next
    scene.queue.add(scene.segment(0), 10, 1)
    await scene.timers.settle()
    scene.queue.close()
    await scene.finishWrite()
    expect(scene.take().filter(event => !event.startsWith('flush'))).toEqual(['async 0'])
  }
})
