import { WriteSpeed } from '../../src/log/write-speed'

const MIB = 1024 * 1024

test('writes are made in the event loop as long as they are fast', () => {
  const speed = new WriteSpeed()
  expect(speed.isSyncBetter(1000, 0)).toBe(true)
  for (let now = 0; now < 60_000; now += 2) speed.wroteSync(1000, now, now + 1)
  expect(speed.isSyncBetter(1000, 60_000)).toBe(true)
})

test('large groups are not', () => {
  expect(new WriteSpeed().isSyncBetter(MIB, 0)).toBe(true)
  expect(new WriteSpeed().isSyncBetter(MIB + 1, 0)).toBe(false)
})

test('where memory for them has to be found first, smaller groups are too large as well, until it is there again', () => {
  const speed = new WriteSpeed()
  const bytes = 256 * 1024
  const write = (msPerMiB: number) => {
    if (speed.isSyncBetter(bytes, 0)) speed.wroteSync(bytes, 0, (bytes / MIB) * msPerMiB)
    else speed.wroteAsync(0, 1)
  }
  for (let writes = 0; writes < 100; writes++) write(6)
  expect(speed.isSyncBetter(bytes, 0)).toBe(false)
  expect(speed.isSyncBetter(16 * 1024, 0)).toBe(true)
  for (let writes = 0; writes < 1_000; writes++) write(0.2)
  for (let writes = 0; writes < 10; writes++) {
    expect(speed.isSyncBetter(bytes, 0)).toBe(true)
    write(0.2)
  }
})

test('small writes and a single slow one say nothing about large ones', () => {
  const speed = new WriteSpeed()
  for (let writes = 0; writes < 1_000; writes++) speed.wroteSync(100, 0, 0.02)
  speed.wroteSync(MIB / 2, 0, 50)
  expect(speed.isSyncBetter(MIB / 2, 1_000)).toBe(true)
})

test('a slow one now and then is put up with', () => {
  const speed = new WriteSpeed()
  for (let now = 0; now < 60_000; now += 100) speed.wroteSync(1000, now, now + 10)
  expect(speed.isSyncBetter(1000, 60_000)).toBe(true)
})

test('slow ones all the time are not', () => {
  const speed = new WriteSpeed()
  let now = 0
  while (speed.isSyncBetter(1000, now) && now < 60_000) {
    speed.wroteSync(1000, now, now + 10)
    now += 20
  }
  expect(now).toBeLessThan(1000)
})

test('after one that held everything up the thread pool is used for a second, and twice as long when the next does so again', () => {
  const speed = new WriteSpeed()
  speed.wroteSync(1000, 0, 200)
  expect([speed.isSyncBetter(1000, 1199), speed.isSyncBetter(1000, 1200)]).toEqual([false, true])
  speed.wroteSync(1000, 1200, 1400)
  expect([speed.isSyncBetter(1000, 3399), speed.isSyncBetter(1000, 3400)]).toEqual([false, true])
})

test('what the thread pool takes changes nothing', () => {
  const told: number[] = []
  const speed = new WriteSpeed(milliseconds => told.push(milliseconds))
  speed.wroteAsync(0, 5000)
  expect(speed.isSyncBetter(1000, 5000)).toBe(true)
  speed.wroteSync(1000, 5000, 5001)
  expect(told).toEqual([5000, 1])
})

test('a large write may take its time', () => {
  const speed = new WriteSpeed()
  speed.wroteSync(20 * MIB, 0, 300)
  expect(speed.isSyncBetter(1000, 300)).toBe(true)
})

test('a disk that has been fast for long is trusted as at first', () => {
  const speed = new WriteSpeed()
  speed.wroteSync(1000, 0, 200)
  speed.wroteSync(1000, 2000, 2200)
  speed.wroteSync(1000, 40_000, 40_000)
  speed.wroteSync(1000, 50_000, 50_200)
  expect([speed.isSyncBetter(1000, 51_199), speed.isSyncBetter(1000, 51_200)]).toEqual([false, true])
})
