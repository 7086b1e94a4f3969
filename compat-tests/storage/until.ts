import { setTimeout } from 'node:timers/promises'

const LOOK_MS = 50
const WAIT_MS = 30_000

/** Resolves when the condition has come true; rejects when that takes too long. */
export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + WAIT_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${condition} did not come true`)
    await setTimeout(LOOK_MS)
  }
}
