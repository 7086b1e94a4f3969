import { type Collector, inSteps, scrape } from '../../src/metrics/scrape'

/** Writes `lines` lines, and calls `tick` for each. */
const slow = (lines: number, tick: () => void): Collector =>
  function* (out) {
    yield* inSteps(Array(lines).keys(), line => {
      tick()
      out.append(`line ${line}\n`)
    })
  }

const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

test('a long scrape lets other work through every two milliseconds', async () => {
  let now = 0
  let pauses = 0
  const pace = { now: () => now, pause: async () => void pauses++ }
  const tick = () => {
    now += 0.01
  }
  const text = await textOf(scrape([slow(1000, tick), slow(1000, tick)], pace))
  expect(text.split('\n')).toHaveLength(2001)
  // 20 milliseconds in steps of 64 lines: a pause comes with the first step that ends beyond two.
  expect(pauses).toBe(7)
})

test('a large text comes in pieces, all of it and in order', async () => {
  const pace = { now: () => 0, pause: async () => {} }
  const large: Collector = function* (out) {
    for (let part = 0; part < 1000; part++) {
      out.append(String(part % 10).repeat(400))
      yield
    }
  }
  const pieces: string[] = []
  for await (const piece of scrape([large], pace)) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(2)
  expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(2 * 65_536)
  expect(pieces.join('')).toBe(Array.from({ length: 1000 }, (_, part) => String(part % 10).repeat(400)).join(''))
})
