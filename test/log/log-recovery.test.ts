import { iterateBatches } from '../../protocol/records/record-batch'
import type { TopicConfig } from '../../src/config/topic-config'
import { type DiskImage, diskFrom, imageOf } from '../support/disk-image'
import { append, appendBatch, DATA, LogWorld, record, valuesOf } from '../support/log-directories'

const FOLDER = `${DATA}/topic-0`
const LOG = `${FOLDER}/00000000000000000000.log`

/** Files as a killed broker leaves them: six batches in one segment, nothing of them flushed. */
const killedLog = async (): Promise<DiskImage> => {
  const world = new LogWorld({ config: { indexIntervalBytes: 100 } })
  await world.open()
  const log = world.log()
  for (const epoch of [0, 0, 0, 1, 1, 2]) {
    const offset = log.nextOffset
    appendBatch(log, { leaderEpoch: epoch, records: [record(`value ${offset}`), record(`value ${offset + 1}`)] })
  }
  await world.timers.settle()
  world.crash({ keepPageCache: true })
  return imageOf(world.disk, DATA)
}

/** Three segments of two batches with a record each, one leader epoch to a segment. */
const rolledWorld = async (): Promise<LogWorld> => {
  const world = new LogWorld({ config: { segmentBytes: 160 } })
  await world.open()
  for (let offset = 0; offset < 6; offset++) {
    appendBatch(world.log(), { leaderEpoch: 1 + Math.floor(offset / 2), records: [record(`value ${offset}`)] })
  }
  await world.timers.settle()
  return world
}

const rolledLog = async (): Promise<DiskImage> => {
  const world = await rolledWorld()
  world.crash({ keepPageCache: true })
  return imageOf(world.disk, DATA)
}

/** Base offsets of the segments in the folder. */
const logFiles = (world: LogWorld): number[] =>
  world.disk.list(FOLDER).flatMap(name => (name.endsWith('.log') ? [Number(name.slice(0, 20))] : []))

const openImage = async (
  image: DiskImage,
  changes?: DiskImage,
  config: Partial<TopicConfig> = {},
): Promise<LogWorld> => {
  const world = new LogWorld({ config: { indexIntervalBytes: 100, ...config }, disk: diskFrom(image, changes) })
  await world.open()
  return world
}

const batchesOf = (bytes: Buffer) =>
  [...iterateBatches(bytes)].map(({ position, header }) => ({ position, end: position + header.sizeInBytes, header }))

/** The log can be used: it takes a record, and is the same after a restart. */
const expectUsable = async (world: LogWorld, values: readonly string[]): Promise<void> => {
  const log = world.log()
  expect(append(log, 'new').baseOffset).toBe(log.logEndOffset)
  await world.close()
  await world.open()
  expect(await valuesOf(world.log())).toEqual([...values, 'new'])
}

describe('after an unclean stop', () => {
  test('a log cut at any byte of its last batches has every whole batch before the cut', async () => {
    const image = await killedLog()
    const bytes = image.get(LOG)!
    const batches = batchesOf(bytes)
    for (let cut = batches[2]!.end; cut <= bytes.length; cut++) {
      const world = await openImage(image, new Map([[LOG, bytes.subarray(0, cut)]]))
      const whole = batches.filter(({ end }) => end <= cut).length
      const expected = Array.from({ length: whole * 2 }, (_, offset) => `value ${offset}`)
      expect(await valuesOf(world.log())).toEqual(expected)
      expect(world.log().latestLeaderEpoch).toBe(batches[whole - 1]!.header.partitionLeaderEpoch)
      expect(world.disk.stat(LOG)!.size).toBe(batches[whole - 1]!.end)
      if (cut % 7 === 0) await expectUsable(world, expected)
    }
  })

  test('a log with any byte of its last batches changed ends where the damage is noticed', async () => {
    const image = await killedLog()
    const bytes = image.get(LOG)!
    const batches = batchesOf(bytes)
    const all = Array.from({ length: 12 }, (_, offset) => `value ${offset}`)
    for (let at = batches[3]!.position; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 0x41
      const index = batches.findIndex(({ end }) => at < end)
      const within = at - batches[index]!.position
      const world = await openImage(image, new Map([[LOG, damaged]]))
      const values = await valuesOf(world.log())
      // The checksum does not cover base offset and leader epoch; a changed offset is noticed unless it leaves a gap.
      const isCovered = within >= 16 || (within >= 8 && within < 12)
      if (isCovered) expect(values).toEqual(all.slice(0, index * 2))
      else expect([index * 2, index * 2 + 2, 12]).toContain(values.length)
      expect(values).toEqual(all.slice(0, values.length))
      if (at % 11 === 0) await expectUsable(world, values)
    }
  })

  test('segments behind damaged bytes are dropped', async () => {
    const image = await rolledLog()
    const middle = `${FOLDER}/00000000000000000002.log`
    const bytes = Buffer.from(image.get(middle)!)
    bytes[bytes.length - 1]! ^= 1
    const world = await openImage(image, new Map([[middle, bytes]]))
    expect(await valuesOf(world.log())).toEqual(['value 0', 'value 1', 'value 2'])
    expect(logFiles(world)).toEqual([0, 2])
    expect(world.logger.at('warn').map(({ message }) => message)).toContain('recovered a log, not all of it was whole')
    await expectUsable(world, ['value 0', 'value 1', 'value 2'])
  })

  test('segments behind bytes that never came to the disk are dropped', async () => {
    const image = await rolledLog()
    const world = await openImage(image, new Map([[`${FOLDER}/00000000000000000002.log`, Buffer.alloc(0)]]))
    expect(await valuesOf(world.log())).toEqual(['value 0', 'value 1'])
    expect(logFiles(world)).toEqual([0, 2])
    await expectUsable(world, ['value 0', 'value 1'])
  })

  test('a gap that compaction may have left is no damage, unless there is nothing behind it', async () => {
    const image = await rolledLog()
    const config = { cleanupPolicy: { compact: true, delete: false } }
    const middle = `${FOLDER}/00000000000000000002.log`
    const world = await openImage(image, new Map([[middle, Buffer.alloc(0)]]), config)
    expect(await valuesOf(world.log())).toEqual(['value 0', 'value 1', 'value 4', 'value 5'])
    const last = `${FOLDER}/00000000000000000004.log`
    const empty = new Map([
      [middle, Buffer.alloc(0)],
      [last, Buffer.alloc(0)],
    ])
    const shorter = await openImage(image, empty, config)
    expect(await valuesOf(shorter.log())).toEqual(['value 0', 'value 1'])
    expect(shorter.log().logEndOffset).toBe(2)
  })

  test('segments below the recovery point are trusted', async () => {
    const world = await rolledWorld()
    await world.run(world.log().flush())
    await world.timers.advance(60_000)
    world.crash({ keepPageCache: true })
    const image = imageOf(world.disk, DATA)
    const first = Buffer.from(image.get(LOG)!)
    first[first.length - 1]! ^= 1
    const reopened = await openImage(image, new Map([[LOG, first]]))
    expect(reopened.log().logEndOffset).toBe(6)
    expect(reopened.logger.at('warn')).toEqual([])
  })

  test('a log whose records were deleted up to an offset that was lost begins anew at that offset', async () => {
    const world = await rolledWorld()
    world.log().highWatermark = 6
    world.log().deleteRecordsBefore(5)
    await world.timers.advance(1)
    world.crash({ keepPageCache: true })
    const image = imageOf(world.disk, DATA)
    const changes = [...image.keys()]
      .filter(path => path.endsWith('.log'))
      .map(path => [path, Buffer.alloc(0)] as const)
    const reopened = await openImage(image, new Map(changes))
    expect([reopened.log().logStartOffset, reopened.log().logEndOffset]).toEqual([5, 5])
    await expectUsable(reopened, [])
  })
})

describe('after a clean stop', () => {
  test('nothing is cut or read, and what was kept in memory is there', async () => {
    const world = await rolledWorld()
    world.log().highWatermark = 5
    await world.close()
    const before = imageOf(world.disk, DATA)
    await world.open()
    expect(await valuesOf(world.log())).toEqual(Array.from({ length: 6 }, (_, offset) => `value ${offset}`))
    expect(world.log()).toMatchObject({ highWatermark: 5, recoveryPoint: 6, latestLeaderEpoch: 3 })
    expect(before.has(`${DATA}/.kafka_cleanshutdown`)).toBe(true)
    expect(imageOf(world.disk, DATA).has(`${DATA}/.kafka_cleanshutdown`)).toBe(false)
  })

  test.each(['00000000000000000000.index', '00000000000000000002.timeindex', '00000000000000000004.index'])(
    'a log is checked from the segment on that has no %s',
    async name => {
      const world = await rolledWorld()
      await world.close()
      const image = new Map(imageOf(world.disk, DATA))
      image.delete(`${FOLDER}/${name}`)
      const reopened = await openImage(image)
      await expectUsable(
        reopened,
        Array.from({ length: 6 }, (_, offset) => `value ${offset}`),
      )
      expect(reopened.disk.stat(`${FOLDER}/${name}`)).not.toBeNull()
      expect(reopened.logger.at('warn')).toHaveLength(1)
    },
  )

  test('a gap that a compaction by Kafka has left is no damage, whatever the topic has become since', async () => {
    const world = await rolledWorld()
    await world.close()
    const middle = `${FOLDER}/00000000000000000002.log`
    const image = new Map(imageOf(world.disk, DATA))
    const [first] = batchesOf(image.get(middle)!)
    image.set(middle, image.get(middle)!.subarray(0, first!.end))
    image.delete(`${FOLDER}/00000000000000000002.index`)
    await expectUsable(await openImage(image), ['value 0', 'value 1', 'value 2', 'value 4', 'value 5'])
  })

  test('leader epochs are found in the batches when their file is damaged', async () => {
    const world = await rolledWorld()
    await world.close()
    const changes = new Map([[`${FOLDER}/leader-epoch-checkpoint`, Buffer.from('0\n7\n')]])
    const reopened = await openImage(imageOf(world.disk, DATA), changes)
    expect([0, 2, 4].map(offset => reopened.log().leaderEpochAt(offset))).toEqual([1, 2, 3])
    await expectUsable(
      reopened,
      Array.from({ length: 6 }, (_, offset) => `value ${offset}`),
    )
  })

  test('a last segment that is damaged nevertheless is cut', async () => {
    const world = await rolledWorld()
    await world.close()
    const last = `${FOLDER}/00000000000000000004.log`
    const bytes = imageOf(world.disk, DATA).get(last)!
    const reopened = await openImage(imageOf(world.disk, DATA), new Map([[last, bytes.subarray(0, bytes.length - 3)]]))
    await expectUsable(
      reopened,
      Array.from({ length: 5 }, (_, offset) => `value ${offset}`),
    )
  })

  test('indexes without a log, and snapshots of no segment but the newest, are removed', async () => {
    const world = await rolledWorld()
    await world.close()
    const snapshot = imageOf(world.disk, DATA).get(`${FOLDER}/00000000000000000006.snapshot`)!
    const reopened = await openImage(
      imageOf(world.disk, DATA),
      new Map([
        [`${FOLDER}/00000000000000000001.index`, Buffer.alloc(0)],
        [`${FOLDER}/00000000000000000003.snapshot`, snapshot],
        [`${FOLDER}/00000000000000000009.snapshot`, snapshot],
      ]),
    )
    const names = reopened.disk.list(FOLDER)
    expect(names).not.toContain('00000000000000000001.index')
    expect(names.filter(name => name.endsWith('.snapshot'))).toEqual(
      [2, 4, 6].map(offset => `0000000000000000000${offset}.snapshot`),
    )
  })
})
