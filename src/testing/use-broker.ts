import type { RunningBroker } from '../broker/embedded/running-broker'
import { type StartBrokerOptions, startBroker } from '../broker/start-broker'

type Hook = (run: () => Promise<void>) => unknown

/** How a test runner is told what to do around tests. Runners have other names for some: `before` and `after` of `node:test`. */
export interface TestHooks {
  readonly beforeAll: Hook
  readonly beforeEach: Hook
  readonly afterAll: Hook
}

/**
 * A broker for the tests of a file, or of a block of tests: it is started before the first one, as new before each, and closed after the
 * last. Call it where hooks can be set. Test runners that run files in parallel have a broker for each.
 *
 * A reset comes before a test and not after the one before, when its clients are gone and cannot bring back topics by asking for them.
 *
 * @returns the broker; to be used from the first test (or hook that is set later) on
 */
export const useBroker = (hooks: TestHooks, options: StartBrokerOptions = {}): RunningBroker => {
  let running: RunningBroker | null = null
  let isNew = true
  hooks.beforeAll(async () => {
    running = await startBroker(options)
  })
  hooks.beforeEach(async () => {
    if (!isNew) await running?.reset()
    isNew = false
  })
  hooks.afterAll(async () => {
    await running?.close()
  })
  return new Proxy({} as RunningBroker, {
    get: (_target, name) => {
      if (!running) throw new Error('the broker is not there yet: it is started before the first test')
      const value: unknown = Reflect.get(running, name)
      return typeof value === 'function' ? value.bind(running) : value
    },
  })
}
