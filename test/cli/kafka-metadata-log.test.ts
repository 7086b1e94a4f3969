import { readClusterMetadata } from '../../src/cli/kafka-metadata-log'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { segmentFileName } from '../../src/log/log-file-names'
import { kafkaData } from '../support/kafka-data'
import { configRecord, metadataBatch, topicRecord } from '../support/kafka-metadata'

const FOLDER = '/kafka/__cluster_metadata-0'
const ORDERS = 'b3JkZXJzLW9yZGVycy1vcg'
const SNAPSHOT_AT_2 = '00000000000000000002-0000000001.checkpoint'

const diskWith = (files: Readonly<Record<string, Buffer>>): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.makeDirectory(FOLDER)
  for (const [name, content] of Object.entries(files)) {
    disk.open(`${FOLDER}/${name}`, 'create').writeSync([content], 0)
  }
  return disk
}

const read = (files: Readonly<Record<string, Buffer>>) => readClusterMetadata(diskWith(files), FOLDER)

const log = (baseOffset: number) => segmentFileName(baseOffset, 'log')
const retention = (value: string) => configRecord('orders', 'retention.ms', value)
const settingsIn = async (files: Readonly<Record<string, Buffer>>) => {
  const reading = await read(files)
  return reading?.metadata.topics().get('orders')?.settings['retention.ms']
}

test('those of a Kafka have its topics, settings and producer ids', async () => {
  const reading = await readClusterMetadata(kafkaData('stopped'), '/__cluster_metadata-0')
  expect(reading).toMatchObject({ endOffset: expect.any(Number), problem: null })
  const topics = reading!.metadata.topics()
  expect([...topics.keys()].sort()).toEqual([
    '__consumer_offsets',
    '__transaction_state',
    'codecs',
    'empty',
    'logappend',
    'oversized',
    'plain',
    'transactions',
  ])
  expect(topics.get('transactions')).toMatchObject({
    partitionCount: 1,
    settings: { 'internal.segment.bytes': '6000' },
  })
  expect(topics.get('logappend')?.settings['message.timestamp.type']).toBe('LogAppendTime')
  expect(reading!.metadata.nextProducerId).toBeGreaterThan(0)
})

test('without a folder nothing is known', async () => {
  expect(await readClusterMetadata(new MemoryDisk(), FOLDER)).toBeNull()
})

test('segments are read in order', async () => {
  const files = {
    [log(0)]: metadataBatch(0, [topicRecord('orders', ORDERS), retention('1')]),
    [log(2)]: metadataBatch(2, [retention('2')]),
  }
  expect(await settingsIn(files)).toBe('2')
  expect(await read(files)).toMatchObject({ endOffset: 3, problem: null })
})

test('the newest snapshot comes first, and the log counts from there on', async () => {
  const snapshot = metadataBatch(0, [topicRecord('orders', ORDERS), retention('of the snapshot')])
  expect(await settingsIn({ [SNAPSHOT_AT_2]: snapshot })).toBe('of the snapshot')
  const files = {
    '00000000000000000001-0000000001.checkpoint': metadataBatch(0, [retention('of an older snapshot')]),
    [SNAPSHOT_AT_2]: snapshot,
    '00000000000000000009-0000000001.checkpoint.part': metadataBatch(0, [retention('of an unfinished one')]),
    [log(0)]: metadataBatch(0, [topicRecord('orders', ORDERS), retention('before the snapshot')]),
  }
  expect(await settingsIn(files)).toBe('of the snapshot')
  const later = { ...files, [log(2)]: metadataBatch(2, [retention('behind the snapshot')]) }
  expect(await settingsIn(later)).toBe('behind the snapshot')
})

test('a log that begins later than what is known says nothing', async () => {
  expect(await read({ [log(3)]: metadataBatch(3, [retention('1')]) })).toBeNull()
  expect(await read({ [SNAPSHOT_AT_2]: metadataBatch(0, []), [log(3)]: metadataBatch(3, [retention('1')]) })).toBeNull()
})

test('a log is read up to its first damage, a damaged snapshot not at all', async () => {
  const first = metadataBatch(0, [topicRecord('orders', ORDERS), retention('1')])
  const damaged = metadataBatch(2, [retention('2')])
  damaged[damaged.length - 1]! ^= 1
  const files = { [log(0)]: Buffer.concat([first, damaged]), [log(3)]: metadataBatch(3, [retention('3')]) }
  expect(await settingsIn(files)).toBe('1')
  expect(await read(files)).toMatchObject({ endOffset: 2, problem: expect.stringContaining('checksum') })
  expect(await read({ [log(0)]: first.subarray(0, -1) })).toMatchObject({ endOffset: 0, problem: expect.any(String) })
  expect(await read({ [log(0)]: metadataBatch(0, [Buffer.from([9])]) })).toMatchObject({
    problem: expect.stringContaining('frame version 9'),
  })
  expect(await read({ [SNAPSHOT_AT_2]: damaged })).toBeNull()
})
