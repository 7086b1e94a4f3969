import { SyncLimiter } from '../../src/log/sync-limiter'

/** Flushes that end when told to. */
class Flushes {
  readonly limiter = new SyncLimiter()
  readonly running: string[] = []
  readonly #finish = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()

  start(path: string, name: string): Promise<void> {
    return this.limiter.run(path, () => {
      this.running.push(name)
      return new Promise((resolve, reject) => this.#finish.set(name, { resolve, reject }))
    })
  }

  async finish(name: string, error?: Error): Promise<void> {
    this.running.splice(this.running.indexOf(name), 1)
    const { resolve, reject } = this.#finish.get(name)!
    if (error) reject(error)
    else resolve()
    await new Promise(setImmediate)
  }
}

test('a directory flushes one log at a time, in the order in which they came', async () => {
  const flushes = new Flushes()
  const done = ['1', '2', '3'].map(name => flushes.start('/a', name))
  expect(flushes.running).toEqual(['1'])
  await flushes.finish('1')
  expect(flushes.running).toEqual(['2'])
  await flushes.finish('2')
  await flushes.finish('3')
  await Promise.all(done)
})

test('two directories flush side by side, a third waits', async () => {
  const flushes = new Flushes()
  for (const path of ['/a', '/a', '/b', '/c']) void flushes.start(path, `${path}${flushes.running.length}`)
  expect(flushes.running).toEqual(['/a0', '/b1'])
  await flushes.finish('/b1')
  expect(flushes.running).toEqual(['/a0', '/c2'])
  await flushes.finish('/a0')
  expect(flushes.running).toEqual(['/c2', '/a1'])
})

test('a flush that fails is told to who asked, and the next one runs', async () => {
  const flushes = new Flushes()
  const failed = flushes.start('/a', '1')
  const next = flushes.start('/a', '2')
  const expectation = expect(failed).rejects.toThrow('broken')
  await flushes.finish('1', new Error('broken'))
  await expectation
  await flushes.finish('2')
  await next
})
