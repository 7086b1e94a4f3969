import fc from 'fast-check'
import { CompressionType } from '../../protocol/compression/codec'
import { encodeBatch } from '../../protocol/records/record-batch'
import { crc32 } from '../../protocol/wire/crc32c'
import { dumpFile } from '../../src/cli/dump'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { kafkaData } from '../support/kafka-data'
import { batchOf, singles } from '../support/log-segments'

const dumped = async (disk: MemoryDisk, path: string, records = true): Promise<string[]> => {
  const lines: string[] = []
  for await (const line of dumpFile(path, { disk, records })) lines.push(line)
  return lines
}

/** The dump of a file of these bytes, without its first line. */
const dumpOf = async (name: string, content: Buffer | string, records = true): Promise<string[]> => {
  const disk = new MemoryDisk()
  disk.makeDirectory('/topic-0')
  disk.open(`/topic-0/${name}`, 'create').writeSync([Buffer.from(content)], 0)
  return (await dumped(disk, `/topic-0/${name}`, records)).slice(1)
}

const LOG = '00000000000000000000.log'
const stopped = kafkaData('stopped')
const kafkaFile = (path: string, records = true) => dumped(stopped, path, records)

describe('batches', () => {
  test('have a line each', async () => {
    const lines = await dumpOf(
      LOG,
      encodeBatch({
        baseOffset: 5,
        partitionLeaderEpoch: 2,
        compression: CompressionType.gzip,
        isTransactional: true,
        producerId: 7,
        producerEpoch: 1,
        baseSequence: 0,
        records: [{ timestamp: 1_700_000_000_000 }, { timestamp: 1_700_000_000_001 }],
      }),
      false,
    )
    expect(lines).toEqual([
      expect.stringMatching(
        /^position 0: offsets 5 to 6, 2 records, \d+ bytes, CreateTime 2023-11-14T22:13:20.001Z, leader epoch 2, producer 7 epoch 1 sequence 0, gzip, transactional, crc \d+$/,
      ),
    ])
  })

  test('are followed by their records: text in quotes, other bytes in base64', async () => {
    const lines = await dumpOf(
      LOG,
      encodeBatch({
        records: [
          {
            timestamp: 0,
            key: Buffer.from('k"ey'),
            value: Buffer.from([0xff, 0x00]),
            headers: [
              { key: 'a', value: Buffer.from('b') },
              { key: 'n', value: null },
            ],
          },
          { timestamp: -1, key: null, value: null },
        ],
      }),
    )
    expect(lines.slice(1)).toEqual([
      '  0 1970-01-01T00:00:00.000Z key "k\\"ey", value base64:/wA=, headers a="b" n=null',
      '  1 -1 key null, value null',
    ])
  })

  test('of every codec of Kafka give up their records', async () => {
    const lines = await kafkaFile('/codecs-0/00000000000000000000.log')
    expect(lines.filter(line => line.startsWith('position'))).toHaveLength(16)
    expect(lines.filter(line => line.startsWith('  '))).toHaveLength(180)
    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
      expect(lines.filter(line => line.includes(`, ${codec}, `))).not.toHaveLength(0)
      expect(lines.filter(line => line.includes(`headers codec="${codec}" n=null`))).toHaveLength(36)
    }
    expect(lines.join('\n')).not.toContain('damaged')
  })

  test('of control records show what they say', async () => {
    const lines = await kafkaFile('/transactions-0/00000000000000000006.log')
    expect(lines[2]).toMatch(/^ {2}6 \S+ ABORT {"coordinatorEpoch":0}$/)
    expect(lines.filter(line => line.includes(' COMMIT {'))).toHaveLength(8)
    const metadata = await kafkaFile('/__cluster_metadata-0/00000000000000000000.log')
    expect(metadata).toContainEqual(expect.stringMatching(/LEADER_CHANGE {"version":\d,"leaderId":1,/))
  })

  test('of coordinators are decoded', async () => {
    const offsets = await kafkaFile('/__consumer_offsets-0/00000000000000000000.log')
    expect(offsets).toContainEqual(
      expect.stringContaining(
        'OffsetCommit {"group":"tx-group","topic":"plain","partition":0}, version 4 {"offset":17,',
      ),
    )
    expect(offsets).toContainEqual(expect.stringContaining('"metadataHash":"5644856369919236121"'))
    expect(offsets).toContainEqual(expect.stringMatching(/ConsumerGroupMemberMetadata {.*}, deleted$/))
    const transactions = await kafkaFile('/__transaction_state-0/00000000000000000000.log')
    expect(transactions).toContainEqual(
      expect.stringMatching(/TransactionLog {"transactionalId":"tx-1"}, version 1 {"producerId":6,/),
    )
  })

  test('of the old formats are shown, too', async () => {
    const message = Buffer.alloc(39)
    message.writeBigInt64BE(3n, 0)
    message.writeInt32BE(27, 8)
    message[16] = 1
    message.writeBigInt64BE(5n, 18)
    message.writeInt32BE(-1, 26)
    message.writeInt32BE(5, 30)
    message.write('hello', 34)
    message.writeUInt32BE(crc32(message.subarray(16)), 12)
    const [batch, record] = await dumpOf(LOG, message)
    expect(batch).toMatch(/^position 0: offsets 3 to 3, 1 record, 39 bytes, CreateTime 1970-.*, magic 1, crc \d+$/)
    expect(record).toBe('  3 1970-01-01T00:00:00.005Z key null, value "hello"')
    message[38] = 0
    expect(await dumpOf(LOG, message)).toEqual([expect.stringMatching(/^damaged at position 0: the checksum/)])
  })

  test('with a wrong checksum are said to be so, and the next ones are shown', async () => {
    const [first, second] = singles(0, 2).map(batchOf) as [Buffer, Buffer]
    first[70] = first[70]! ^ 1
    const lines = await dumpOf(LOG, Buffer.concat([first, second]), false)
    expect(lines).toEqual([
      expect.stringContaining('offsets 0 to 0'),
      'damaged at position 0: the checksum of the batch is wrong',
      expect.stringContaining(`position ${first.length}: offsets 1 to 1`),
    ])
  })

  test.each([
    ['half a batch', Buffer.alloc(10), 'too few bytes for a batch; the last 10 bytes are not shown'],
    ['zeros', Buffer.alloc(100), 'a batch of 12 bytes is too small; the last 100 bytes are not shown'],
    ['garbage', Buffer.alloc(100, 0x77), 'magic 119 is not known; the last 100 bytes are not shown'],
    ['a torn batch', batchOf({ baseOffset: 1, valueBytes: 50 }).subarray(0, 90), /goes beyond the end; the last 90/],
  ])('end where there is %s', async (_, tail, problem) => {
    const batch = batchOf({ baseOffset: 0 })
    const lines = await dumpOf(LOG, Buffer.concat([batch, tail]), false)
    expect(lines[1]).toMatch(typeof problem === 'string' ? `damaged at position ${batch.length}: ${problem}` : problem)
    expect(lines).toHaveLength(2)
  })

  test('with damaged records show those before the damage', async () => {
    const batch = batchOf({ baseOffset: 0, records: 3 })
    batch.writeInt32BE(4, 57)
    const lines = await dumpOf(LOG, batch)
    expect(lines.slice(2)).toEqual([
      expect.stringContaining('  0 '),
      expect.stringContaining('  1 '),
      expect.stringContaining('  2 '),
      expect.stringMatching(/^damaged at position 0: .*missing/),
    ])
  })
})

describe('indexes', () => {
  test('have a line for each entry', async () => {
    expect((await kafkaFile('/transactions-0/00000000000000000066.index')).slice(1, 3)).toEqual([
      expect.stringMatching(/^offset \d+ at position 5\d\d$/),
      expect.stringMatching(/^offset \d+ at position 1\d\d\d$/),
    ])
    expect((await kafkaFile('/transactions-0/00000000000000000000.timeindex')).slice(1)).toEqual([
      'timestamp 2023-11-14T22:13:25.000Z up to offset 5',
    ])
    expect((await kafkaFile('/transactions-0/00000000000000000006.txnindex'))[1]).toBe(
      'producer 7 aborted offsets 1 to 6, last stable offset 0',
    )
  })

  test('that a running Kafka preallocated end with what is not in use', async () => {
    const lines = await dumped(kafkaData('running'), '/transactions-0/00000000000000000066.index')
    expect(lines.at(-1)).toBe('10200 bytes not in use')
    expect(lines).toHaveLength(7)
  })

  test('are damaged where entries do not ascend or are cut off', async () => {
    const entries = Buffer.from('0000000a00000100' + '0000000900000200' + '00000001', 'hex')
    expect(await dumpOf('00000000000000000100.index', entries)).toEqual([
      'offset 110 at position 256',
      'offset 109 at position 512',
      'damaged at position 8: the entry is not above the one before',
      'damaged at position 16: 4 bytes are no whole entry',
    ])
  })
})

describe('producer snapshots', () => {
  const PATH = '/transactions-0/00000000000000000092.snapshot'

  test('have a line for each producer', async () => {
    expect((await kafkaFile(PATH)).slice(1)).toEqual([
      expect.stringMatching(/^producer 6 epoch \d+, no batch, \S+, coordinator epoch 0, no transaction$/),
      expect.stringMatching(/^producer 7 epoch \d+, no batch, \S+, coordinator epoch 0, no transaction$/),
    ])
    const lines = await kafkaFile('/codecs-0/00000000000000000180.snapshot')
    expect(lines[1]).toMatch(/^producer 0 epoch 0, last batch offsets 24 to 35 up to sequence 35, /)
  })

  test('are damaged when the checksum is wrong or producers are missing', async () => {
    const bytes = Buffer.from(stopped.readFile(PATH)!)
    bytes[60] = bytes[60]! ^ 1
    expect((await dumpOf('00000000000000000092.snapshot', bytes))[0]).toBe('damaged: the checksum is wrong')
    expect(await dumpOf('00000000000000000092.snapshot', bytes.subarray(0, 60))).toEqual([
      'damaged: 60 bytes do not fit 2 producers',
      expect.stringContaining('producer 6'),
    ])
    expect(await dumpOf('00000000000000000092.snapshot', '')).toEqual(['damaged: 0 bytes are too few for a snapshot'])
  })
})

describe('small files', () => {
  test('are shown', async () => {
    const one = async (path: string) => (await kafkaFile(path)).slice(1)
    expect(await one('/logappend-0/leader-epoch-checkpoint')).toEqual([
      'epoch 0 from offset 0',
      'epoch 2 from offset 20',
    ])
    expect(await one('/log-start-offset-checkpoint')).toEqual(['codecs partition 0 offset 5'])
    expect(await one('/empty-0/partition.metadata')).toEqual([expect.stringMatching(/^topic id [\w-]{22}$/)])
    expect(await one('/meta.properties')).toEqual([
      expect.stringMatching(/^cluster b2RyYWRlay1vcmFjbGUxMg, node 1, directory [\w-]{22}$/),
    ])
    expect(await one('/.kafka_cleanshutdown')).toEqual([expect.stringContaining('"brokerEpoch":')])
  })

  test('that are damaged are said to be so', async () => {
    expect(await dumpOf('leader-epoch-checkpoint', '0\n1\n')).toEqual(['damaged: announces 1 entries and has 0'])
    expect(await dumpOf('partition.metadata', 'x')).toEqual([expect.stringMatching(/^damaged: is not a line/)])
  })

  test('that are none of a log are said to be so', async () => {
    expect(await dumpOf('notes.txt', 'hello')).toEqual(['not a file of a log'])
  })
})

test('of a folder, all files are shown in order, with their sizes', async () => {
  const titles = (await kafkaFile('/empty-0')).filter(line => line.startsWith('/'))
  expect(titles).toEqual([
    '/empty-0/00000000000000000000.index: 0 bytes',
    '/empty-0/00000000000000000000.log: 0 bytes',
    '/empty-0/00000000000000000000.timeindex: 0 bytes',
    '/empty-0/leader-epoch-checkpoint: 8 bytes',
    '/empty-0/partition.metadata: 43 bytes',
  ])
})

test('a path where there is nothing is a failure of the disk', async () => {
  await expect(dumped(new MemoryDisk(), '/nothing')).rejects.toMatchObject({ code: 'ENOENT' })
})

test('any bytes changed in any file give lines, never a failure', async () => {
  const paths = ['/codecs-0', '/transactions-0', '/__consumer_offsets-0', '/__cluster_metadata-0']
    .flatMap(folder => stopped.list(folder).map(name => `${folder}/${name}`))
    .filter(path => stopped.stat(path)!.size > 0)
  const changes = fc.array(fc.tuple(fc.nat(20_000), fc.nat(255)), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), changes, async (path, sequence) => {
      const bytes = Buffer.from(stopped.readFile(path)!)
      for (const [at, byte] of sequence) bytes[at % bytes.length] = byte
      const disk = new MemoryDisk()
      disk.makeDirectory(path.split('/').slice(0, -1).join('/'))
      disk.open(path, 'create').writeSync([bytes], 0)
      expect((await dumped(disk, path)).length).toBeGreaterThan(0)
    }),
    { numRuns: 300 },
  )
})
