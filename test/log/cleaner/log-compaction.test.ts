import { clean, compactedWorld, contentOf, put, roll } from '../../support/compacted-log'
import type { LogWorld } from '../../support/log-directories'
import { topicConfig } from '../../support/log-directories'

/** A log in the middle of being compacted: the cleaner rests after the first bytes that it has read. */
const underWay = async (): Promise<LogWorld> => {
  const world = await compactedWorld({}, { settings: { logCleanerIoMaxBytesPerSecond: 1 } })
  await put(world, ['a=1'])
  await put(world, ['a=2'])
  await roll(world)
  await clean(world)
  expect(world.log().compaction.isUnderWay).toBe(true)
  return world
}

/** More than enough at this speed. */
const LONG_MS = 3 * 3_600_000

describe('compaction under way', () => {
  it('comes to its end in time', async () => {
    const world = await underWay()
    await world.timers.advance(LONG_MS)
    expect(world.log().compaction.isUnderWay).toBe(false)
    expect((await contentOf(world))[0]).toBe('1:a=2')
  })

  it('is given up when the log is truncated, and begins anew afterwards', async () => {
    const world = await underWay()
    const truncation = world.log().truncateTo(1)
    expect(world.log().compaction.isUnderWay).toBe(false)
    expect(world.log().compaction.claim()).toBeNull()
    await world.run(truncation)
    await put(world, ['a=3'])
    await world.timers.advance(LONG_MS)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=3'])
    expect(world.disk.list(world.log().folder).filter(name => name.endsWith('.cleaned'))).toEqual([])
    await roll(world)
    await world.timers.advance(LONG_MS)
    expect((await contentOf(world))[0]).toBe('1:a=3')
  })

  it('is given up when the log is to be compacted no more', async () => {
    const world = await underWay()
    world.log().updateConfig(topicConfig({ retentionMs: -1 }))
    await world.timers.advance(LONG_MS)
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=2'])
  })

  it('is given up when the log is deleted, which fails nothing', async () => {
    const world = await underWay()
    world.directories.delete('topic', 0)
    await world.timers.advance(LONG_MS)
    expect(world.failedDirectories).toEqual([])
    expect(world.disk.list('/data').filter(name => name.startsWith('topic'))).toEqual([])
  })

  it('is given up when the broker stops, without a rest', async () => {
    const world = await underWay()
    await world.close()
    expect(world.disk.list('/data/topic-0').filter(name => name.endsWith('.cleaned'))).toEqual([])
    await world.open()
    expect(await contentOf(world)).toEqual(['0:a=1', '1:a=2'])
  })

  it('keeps segments from being deleted under it', async () => {
    const world = await underWay()
    world.log().deleteRecordsBefore(world.log().highWatermark)
    expect(world.log().deleteExpiredSegments(world.clock.now())).toBe(0)
    await world.timers.advance(LONG_MS)
    expect(world.disk.list(world.log().folder).filter(name => name.endsWith('.log'))).toHaveLength(1)
  })

  it("is nobody else's", async () => {
    const world = await underWay()
    expect(world.log().compaction.claim()).toBeNull()
    expect(world.log().compaction.section(world.clock.now())).toBeNull()
  })
})
