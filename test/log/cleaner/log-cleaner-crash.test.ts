import { clean, commit, compactedWorld, contentOf, endTransaction, put, roll } from '../../support/compacted-log'
import type { LogWorld } from '../../support/log-directories'

/** A log whose compaction merges segments, removes aborted records and a marker, and rewrites batches. */
const filledWorld = async (seed: number): Promise<LogWorld> => {
  const world = await compactedWorld({ deleteRetentionMs: 0, fileDeleteDelayMs: 60_000 }, { crashable: true, seed })
  const producer = { producerId: 7, producerEpoch: 0 }
  await put(world, ['a=1', 'b=1', 'c=1'])
  await put(world, ['a=2', 'd=1'], { ...producer, baseSequence: 0, isTransactional: true })
  await endTransaction(world, 7, false)
  for (let n = 0; n < 12; n++) await put(world, [`e=${n}`, `key${n}=1`])
  await put(world, ['c'], { producerId: 8, producerEpoch: 0, baseSequence: 0 })
  await put(world, ['f=1'], { ...producer, baseSequence: 2, isTransactional: true })
  await endTransaction(world, 7, true)
  await roll(world)
  await world.run(world.log().flush())
  return world
}

/** Latest value and offset by key: what no crash may change. */
const latestOf = async (world: LogWorld): Promise<string[]> => {
  const latest = new Map<string, string>()
  for (const line of await contentOf(world)) latest.set(/:([^=]+)/.exec(line)![1]!, line)
  return [...latest.values()].filter(line => line.includes('=')).sort()
}

const producersOf = (world: LogWorld) =>
  world
    .log()
    .activeProducers()
    .sort((a, b) => a.producerId - b.producerId)

/** The disk fails from call number `failing` on, in the second compaction of two, and the machine dies. False: it never came to that call. */
const crashAt = async (failing: number, seed: number, keepPageCache: boolean): Promise<boolean> => {
  const world = await filledWorld(seed)
  await clean(world)
  for (let n = 0; n < 6; n++) await put(world, [`key${n}=2`])
  await roll(world)
  await world.run(world.log().flush())
  const before = { latest: await latestOf(world), producers: producersOf(world), end: world.log().logEndOffset }
  let calls = 0
  world.disk.faults.failWhen(() => ++calls >= failing, 'EIO')
  await clean(world)
  world.disk.faults.clear()
  world.crash({ keepPageCache })
  await world.open()
  await commit(world)
  expect(world.log().isOffline).toBe(false)
  expect(world.log().logEndOffset).toBe(before.end)
  expect(await latestOf(world)).toEqual(before.latest)
  expect(producersOf(world)).toEqual(before.producers)
  const leftovers = world.disk.list(world.log().folder).filter(name => /\.(cleaned|swap|deleted)$/.test(name))
  expect(leftovers).toEqual([])
  return calls >= failing
}

test.each([
  ['the process', true],
  ['the machine', false],
])(
  'a crash of %s at any call of the disk during a compaction changes nothing that counts',
  async (_, keepPageCache) => {
    let failing = 1
    while (await crashAt(failing, failing, keepPageCache)) failing++
    expect(failing).toBeGreaterThan(50)
  },
  120_000,
)

test('a crash of the machine while an interrupted swap is ended changes nothing that counts', async () => {
  const compaction = await filledWorld(1)
  const latest = await latestOf(compaction)
  let swaps = 0
  for (let failing = 1; failing < 400; failing += 1) {
    const world = await filledWorld(failing)
    let calls = 0
    world.disk.faults.failWhen(() => ++calls >= failing, 'EIO')
    await clean(world)
    world.disk.faults.clear()
    world.crash({ keepPageCache: true })
    const names = world.disk.list('/data/topic-0')
    if (calls < failing) break
    if (!names.some(name => name.endsWith('.swap'))) continue
    swaps++
    world.disk.faults.failWhen(({ operation }) => operation === 'rename', 'EIO')
    await world.open().catch(() => {})
    world.disk.faults.clear()
    world.crash({ keepPageCache: false })
    await world.open()
    await commit(world)
    expect(await latestOf(world)).toEqual(latest)
  }
  expect(swaps).toBeGreaterThan(5)
}, 120_000)
