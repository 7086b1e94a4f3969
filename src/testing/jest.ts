/** `odradek/jest`: a broker for tests of jest, and of others that have its global hooks. */
import type { RunningBroker } from '../broker/embedded/running-broker'
import type { StartBrokerOptions } from '../broker/start-broker'
import { type TestHooks, useBroker as useBrokerWith } from './use-broker'

declare const beforeAll: TestHooks['beforeAll'] | undefined
declare const beforeEach: TestHooks['beforeEach']
declare const afterAll: TestHooks['afterAll']

/** As `useBroker` of `odradek/testing`, with the hooks of jest. */
export const useBroker = (options: StartBrokerOptions = {}): RunningBroker => {
  if (typeof beforeAll === 'undefined') {
    throw new Error('there are no global hooks as those of jest: use odradek/testing, which takes the hooks')
  }
  return useBrokerWith({ beforeAll, beforeEach, afterAll }, options)
}
