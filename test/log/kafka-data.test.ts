/** The files that Apache Kafka wrote, read by ours and made anew from its .log files. */

import { type BatchHeader, isControl, isTransactional } from '../../protocol/records/batch-header'
import { decodeRecords } from '../../protocol/records/record-batch'
import { silentLogger } from '../../src/io/logger'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { readCleanShutdown, writeCleanShutdown } from '../../src/log/clean-shutdown'
import { IndexMemory } from '../../src/log/index-memory'
import { LeaderEpochCache } from '../../src/log/leader-epoch-cache'
import { parseSegmentFileName, segmentFileName } from '../../src/log/log-file-names'
import { LogSegment } from '../../src/log/log-segment'
import { readMetaProperties } from '../../src/log/meta-properties'
import { readOffsetCheckpoint } from '../../src/log/offset-checkpoint'
import { readPartitionMetadata, writePartitionMetadata } from '../../src/log/partition-metadata'
import { KAFKA_DATA_SETTINGS, kafkaData, kafkaFolders } from '../support/kafka-data'

const stopped = kafkaData('stopped')
const folders = kafkaFolders(stopped)

const baseOffsetsIn = (disk: MemoryDisk, folder: string): number[] =>
  disk
    .list(folder)
    .map(parseSegmentFileName)
    .flatMap(file => (file?.kind === 'log' ? [file.baseOffset] : []))

const openIn = (disk: MemoryDisk, directory: string, baseOffset: number): LogSegment =>
  LogSegment.open({
    ...KAFKA_DATA_SETTINGS,
    disk,
    directory,
    baseOffset,
    rollJitterMs: 0,
    createdMs: 0,
    indexMemory: new IndexMemory(1e6),
  })

const segmentsOf = (folder: string): [folder: string, baseOffset: number][] =>
  baseOffsetsIn(stopped, folder).map(baseOffset => [folder, baseOffset])

describe('opened in order', () => {
  test.each(folders.flatMap(segmentsOf))(
    '%s, segment %d: files are sound and every batch is found',
    async (folder, baseOffset) => {
      const segment = openIn(stopped, folder, baseOffset)
      expect([segment.sanityCheck(), segment.offsetIndex.sanityCheck(), segment.timeIndex.sanityCheck()]).toEqual([
        null,
        null,
        null,
      ])
      const headers: BatchHeader[] = []
      await segment.scan(baseOffset, { visit: header => headers.push(header) })
      let position = 0
      for (const header of headers) {
        const lastOffset = header.baseOffset + header.lastOffsetDelta
        const { sizeInBytes } = header
        expect(segment.translate(lastOffset)).toEqual({ baseOffset: header.baseOffset, position, sizeInBytes })
        position += sizeInBytes
      }
      expect(position).toBe(segment.sizeInBytes)
      expect(segment.largestTimestamp).toBe(Math.max(-1, ...headers.map(header => header.maxTimestamp)))
    },
  )

  test('every record of a compressed topic is found by its timestamp', async () => {
    const segment = openIn(stopped, '/codecs-0', 0)
    const timestamps: number[] = []
    await segment.scan(0, {
      visit: (_, bytes, at) => {
        for (const record of decodeRecords(bytes, at, { maxBytes: 1e6 })) timestamps[record.offset] = record.timestamp
      },
    })
    expect(timestamps).toHaveLength(180)
    for (const timestamp of timestamps) {
      expect(await segment.findOffsetByTimestamp(timestamp, 0)).toMatchObject({
        timestamp,
        offset: timestamps.findIndex(candidate => candidate >= timestamp),
      })
    }
  })
})

describe('made anew from the .log files', () => {
  // Its second run began a new count of bytes in the middle of a segment.
  const uninterrupted = folders.filter(folder => !['/logappend-0', '/__cluster_metadata-0'].includes(folder))

  test.each(uninterrupted)('%s: the indexes are the same byte by byte', async folder => {
    const disk = new MemoryDisk()
    disk.makeDirectory(folder)
    const transactions = new OpenTransactions()
    for (const baseOffset of baseOffsetsIn(stopped, folder)) {
      const logFile = `${folder}/${segmentFileName(baseOffset, 'log')}`
      disk.open(logFile, 'create').writeSync([stopped.readFile(logFile)!], 0)
      const segment = openIn(disk, folder, baseOffset)
      await segment.recover({
        visit: (header, bytes, at) => transactions.visit(header, bytes, at, segment),
      })
      segment.close()
      for (const kind of ['index', 'timeindex', 'txnindex'] as const) {
        const path = `${folder}/${segmentFileName(baseOffset, kind)}`
        expect([path, disk.readFile(path)?.toString('hex')]).toEqual([path, stopped.readFile(path)?.toString('hex')])
      }
    }
  })

  test('aborted transactions were among them', () => {
    const aborted = baseOffsetsIn(stopped, '/transactions-0').map(
      baseOffset => openIn(stopped, '/transactions-0', baseOffset).transactionIndex.entryCount,
    )
    expect(aborted).toEqual([0, 7, 0, 3])
  })

  test('the small files come out the same', () => {
    const copy = kafkaData('stopped')
    for (const folder of folders) {
      const epochs = new LeaderEpochCache(copy, folder)
      epochs.adopt(LeaderEpochCache.load(copy, folder))
      copy.remove(`${folder}/leader-epoch-checkpoint`)
      epochs.save(Number.MAX_SAFE_INTEGER)
      const topicId = folder === '/__cluster_metadata-0' ? null : readPartitionMetadata(copy, folder)
      if (topicId !== null) writePartitionMetadata(copy, folder, topicId)
      for (const name of ['leader-epoch-checkpoint', 'partition.metadata']) {
        expect(copy.readFile(`${folder}/${name}`)).toEqual(stopped.readFile(`${folder}/${name}`))
      }
    }
    writeCleanShutdown(copy, '', readCleanShutdown(copy, '')!)
    expect(copy.readFile('/.kafka_cleanshutdown')).toEqual(stopped.readFile('/.kafka_cleanshutdown'))
  })
})

test('the files of the log directory say what the broker said', () => {
  expect(readMetaProperties(stopped, '')).toEqual({
    clusterId: 'b2RyYWRlay1vcmFjbGUxMg',
    nodeId: 1,
    directoryId: expect.stringMatching(/^[\w-]{22}$/),
  })
  const checkpoint = (name: string) => readOffsetCheckpoint(stopped, `/${name}`, silentLogger)
  expect(checkpoint('replication-offset-checkpoint').get('plain-0')).toBe(431)
  expect(checkpoint('recovery-point-offset-checkpoint').get('__transaction_state-0')).toBe(74)
  expect(checkpoint('log-start-offset-checkpoint')).toEqual(new Map([['codecs-0', 5]]))
  expect(LeaderEpochCache.load(stopped, '/logappend-0').entries).toHaveLength(2)
})

test('the preallocated indexes of a running broker are read without their zeros', () => {
  const running = kafkaData('running')
  const folder = '/transactions-0'
  for (const baseOffset of baseOffsetsIn(running, folder)) {
    const open = openIn(running, folder, baseOffset)
    const closed = openIn(stopped, folder, baseOffset)
    expect(open.offsetIndex.entryCount).toBe(closed.offsetIndex.entryCount)
    expect(open.offsetIndex.lastOffset).toBe(closed.offsetIndex.lastOffset)
    expect(open.timeIndex.sanityCheck()).toBeNull()
    expect(open.transactionIndex.all()).toEqual(closed.transactionIndex.all())
    expect(open.readNextOffset()).toBe(closed.readNextOffset())
  }
  expect(running.stat(`${folder}/${segmentFileName(66, 'index')}`)?.size).toBe(10_240)
})

/** The part of the producers' state that the transaction index is made of. */
class OpenTransactions {
  readonly #firstOffsets = new Map<number, number>()

  visit(header: BatchHeader, bytes: Buffer, at: number, segment: LogSegment): void {
    const { producerId, baseOffset: lastOffset } = header
    if (!isTransactional(header.attributes)) return
    if (!isControl(header.attributes)) {
      if (!this.#firstOffsets.has(producerId)) this.#firstOffsets.set(producerId, header.baseOffset)
      return
    }
    const firstOffset = this.#firstOffsets.get(producerId)
    this.#firstOffsets.delete(producerId)
    const isAbort = decodeRecords(bytes, at, { maxBytes: 1000 })[0]!.key!.readInt16BE(2) === 0
    if (firstOffset === undefined || !isAbort) return
    const lastStableOffset = Math.min(lastOffset + 1, ...this.#firstOffsets.values())
    segment.transactionIndex.append({ producerId, firstOffset, lastOffset, lastStableOffset })
  }
}
