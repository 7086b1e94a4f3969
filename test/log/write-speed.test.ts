import { WriteSpeed } from '../../src/log/write-speed'

const MIB = 1024 * 1024

test('writes are made in the event loop as long as they are fast', () => {
  const speed = new WriteSpeed()
  expect(speed.isSyncBetter(1000, 0)).toBe(true)
  speed.measured(1000, 0, 4.9)
  expect(speed.isSyncBetter(1000, 5)).toBe(true)
})

test('large groups are not', () => {
  expect(new WriteSpeed().isSyncBetter(MIB, 0)).toBe(true)
  expect(new WriteSpeed().isSyncBetter(MIB + 1, 0)).toBe(false)
})

test('after a slow write the thread pool is used for a second, and twice as long each time that it is slow again', () => {
  const speed = new WriteSpeed()
  speed.measured(1000, 0, 10)
  expect([speed.isSyncBetter(1000, 1009), speed.isSyncBetter(1000, 1010)]).toEqual([false, true])
  speed.measured(1000, 1010, 1020)
  expect([speed.isSyncBetter(1000, 3019), speed.isSyncBetter(1000, 3020)]).toEqual([false, true])
})

test('a large write may take its time', () => {
  const speed = new WriteSpeed()
  speed.measured(20 * MIB, 0, 200)
  expect(speed.isSyncBetter(1000, 200)).toBe(true)
})

test('a disk that has been fast for long is trusted as at first', () => {
  const speed = new WriteSpeed()
  speed.measured(1000, 0, 10)
  speed.measured(1000, 2000, 2010)
  speed.measured(1000, 40_000, 40_000)
  speed.measured(1000, 50_000, 50_010)
  expect([speed.isSyncBetter(1000, 51_009), speed.isSyncBetter(1000, 51_010)]).toEqual([false, true])
})
