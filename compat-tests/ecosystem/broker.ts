import { setTimeout as pause } from 'node:timers/promises'
import { odradekBroker, type TestedBroker, testedBroker } from '../clients/tested-broker'
import type { SuiteRun } from '../suite'

/** Enough for clients to notice, to come back and to be at work again. */
const BETWEEN_MS = 7_000

/**
 * Ours, with its data in a folder of the suite, unless the options of the run name one that runs; a Kafka that they can start serves other
 * ends here.
 */
export const brokerOf = (run: SuiteRun, folder: string): Promise<TestedBroker> =>
  run.options.bootstrap === null ? odradekBroker(run, folder) : testedBroker(run)

/** Kills the broker and starts it again, some times; returns what it did, for people. */
export const crashes = async ({ crash }: TestedBroker, times: number): Promise<string> => {
  if (crash === null) return 'the broker was not ours to kill'
  for (let n = 0; n < times; n++) {
    await pause(BETWEEN_MS)
    await crash()
  }
  await pause(BETWEEN_MS)
  return `the broker killed ${times === 1 ? 'once' : `${times} times`}`
}
