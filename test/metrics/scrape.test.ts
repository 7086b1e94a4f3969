import { type Collector, scrape } from '../../src/metrics/scrape'

/** Writes `lines` lines, each of which takes a millisecond. */
const slow = (lines: number, tick: () => void): Collector =>
  function* (out) {
    for (let line = 0; line < lines; line++) {
      tick()
      out.append(`line ${line}\n`)
      yield
    }
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
  const text = await textOf(scrape([slow(10, () => now++)], pace))
  expect(text.split('\n')).toHaveLength(11)
  expect(pauses).toBe(5)
})

test('a large text comes in pieces, all of it and in order', async () => {
  const pace = { now: () => 0, pause: async () => {} }
  const large: Collector = function* (out) {
    for (let part = 0; part < 10; part++) {
      out.append(String(part).repeat(40_000))
      yield
    }
  }
  const pieces: string[] = []
  for await (const piece of scrape([large], pace)) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(2)
  expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(2 * 65_536)
  expect(pieces.join('')).toBe(Array.from({ length: 10 }, (_, part) => String(part).repeat(40_000)).join(''))
})
