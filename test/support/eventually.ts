const WITHIN_MS = 20_000
const TURNS_WITHOUT_PAUSE = 1000

type Falsy = false | 0 | '' | null | undefined

/**
 * Waits until `condition` returns something truthy, and returns that. Looks again after every turn of the event loop, later every few
 * milliseconds, and gives up after twenty seconds, or `withinMs`.
 */
export async function eventually<Result>(
  condition: () => Result | Promise<Result>,
  withinMs = WITHIN_MS,
): Promise<Exclude<Result, Falsy>> {
  const deadline = performance.now() + withinMs
  for (let turn = 0; ; turn++) {
    const isLast = performance.now() > deadline
    const result = await condition()
    if (result) return result as Exclude<Result, Falsy>
    if (isLast) throw new Error(`it never came true: ${condition}`)
    await new Promise(resolve => (turn < TURNS_WITHOUT_PAUSE ? setImmediate(resolve) : setTimeout(resolve, 5)))
  }
}
