import { simulate } from './simulation'

// A run takes about a second of work; a busy machine makes it many.
jest.setTimeout(120_000)

/** SIM_SEED replays one run, SIM_SEEDS makes that many. */
const { SIM_SEED, SIM_SEEDS } = process.env
const SEEDS =
  SIM_SEED === undefined
    ? Array.from({ length: Number(SIM_SEEDS ?? 24) }, (_nothing, at) => at + 1)
    : [Number(SIM_SEED)]

test.each(SEEDS)('nothing that was promised is broken by what happens with seed %i', async seed => {
  const { recordsWritten, transactions } = await simulate(seed)
  expect(recordsWritten).toBeGreaterThan(0)
  expect(transactions).toBeGreaterThan(0)
})

test('a run with the same seed is the same run', async () => {
  const [seed] = SEEDS
  const first = await simulate(seed!)
  expect(await simulate(seed!)).toEqual(first)
  expect((await simulate(seed! + 1)).hash).not.toBe(first.hash)
})
