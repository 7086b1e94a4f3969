const BOUND_MS = 10_000
const TURNS_WITHOUT_PAUSE = 1000

/**
 * Waits until `condition` holds: returns something truthy, or, when it is made of expectations, no longer throws. Looks again after every
 * turn of the event loop, later every few milliseconds, and gives up after ten seconds with the last failure.
 */
export async function eventually<Result>(condition: () => Result | Promise<Result>): Promise<Result> {
  const deadline = performance.now() + BOUND_MS
  for (let turn = 0; ; turn++) {
    const isLast = performance.now() > deadline
    try {
      const result = await condition()
      if (result !== false && result !== null && result !== 0) return result
      if (isLast) throw new Error(`it never came true: ${condition}`)
    } catch (error) {
      if (isLast) throw error
    }
    await new Promise(resolve => (turn < TURNS_WITHOUT_PAUSE ? setImmediate(resolve) : setTimeout(resolve, 5)))
  }
}
