import { IndexMemory } from '../../src/log/index-memory'

class FakeIndex {
  isReleased = false
  release(): void {
    this.isReleased = true
  }
}

test('the index that has not been used for longest is released when the bound is exceeded', () => {
  const memory = new IndexMemory(100)
  const [a, b, c] = [new FakeIndex(), new FakeIndex(), new FakeIndex()]
  memory.touch(a, 40)
  memory.touch(b, 40)
  memory.touch(a, 40)
  memory.touch(c, 40)
  expect([a, b, c].map(index => index.isReleased)).toEqual([false, true, false])
  expect(memory.sizeInBytes).toBe(80)
})

test('an index larger than the bound stays while it is the one in use', () => {
  const memory = new IndexMemory(100)
  const [small, large] = [new FakeIndex(), new FakeIndex()]
  memory.touch(small, 10)
  memory.touch(large, 1000)
  expect([small.isReleased, large.isReleased]).toEqual([true, false])
})

test('a forgotten index is not released and no longer counts', () => {
  const memory = new IndexMemory(100)
  const [a, b] = [new FakeIndex(), new FakeIndex()]
  memory.touch(a, 90)
  memory.forget(a)
  memory.touch(b, 90)
  expect(a.isReleased).toBe(false)
  expect(memory.sizeInBytes).toBe(90)
})
