import { OffsetWaiters } from '../../src/replication/offset-waiters'

/** Waiters that note in `done` who was called with what. */
const setUp = () => {
  const waiters = new OffsetWaiters()
  const done: string[] = []
  const wait = (offset: number) => waiters.add(offset, errorCode => done.push(`${offset}:${errorCode}`))
  return { waiters, done, wait }
}

test('an advance completes those whose offset it has passed, in order', () => {
  const { waiters, done, wait } = setUp()
  for (const offset of [3, 5, 9]) wait(offset)
  waiters.advance(5, 0)
  expect(done).toEqual(['3:0'])
  waiters.advance(6, 0)
  expect(done).toEqual(['3:0', '5:0'])
  expect(waiters.size).toBe(1)
})

test('a wait for an earlier offset that comes late is completed at its place', () => {
  const { waiters, done, wait } = setUp()
  for (const offset of [10, 20, 15, 1]) wait(offset)
  waiters.advance(16, 7)
  expect(done).toEqual(['1:7', '10:7', '15:7'])
})

test('a wait that was given up is never called', () => {
  const { waiters, done, wait } = setUp()
  const giveUp = wait(1)
  wait(2)
  giveUp()
  waiters.advance(10, 0)
  expect(done).toEqual(['2:0'])
})

test('a failure ends every wait once', () => {
  const { waiters, done, wait } = setUp()
  wait(1)
  wait(2)
  waiters.fail(56)
  waiters.advance(10, 0)
  expect(done).toEqual(['1:56', '2:56'])
})

test('who begins to wait while others are called is not lost', () => {
  const { waiters, done, wait } = setUp()
  waiters.add(1, () => wait(4))
  waiters.advance(2, 0)
  expect(waiters.size).toBe(1)
  waiters.advance(5, 0)
  expect(done).toEqual(['4:0'])
})

test('thousands of waits leave nothing behind', () => {
  const { waiters, done, wait } = setUp()
  for (let offset = 0; offset < 5000; offset++) {
    wait(offset)
    if (offset % 2 === 1) waiters.advance(offset - 100, 0)
  }
  waiters.advance(5000, 0)
  expect(done.length).toBe(5000)
  expect(waiters.size).toBe(0)
})
