import { encodeBatch } from '../../protocol/records/record-batch'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { keyRange, type MetadataStore } from '../../src/metadata/metadata-store'
import { decodePartition, decodeProducerIds } from '../../src/metadata/metadata-values'
import { ImportWorld, KAFKA, TARGET } from '../support/import-world'
import { configRecord, metadataBatch, topicRecord } from '../support/kafka-metadata'

const FOLDERS = [
  '__consumer_offsets-0',
  '__transaction_state-0',
  'codecs-0',
  'empty-0',
  'logappend-0',
  'plain-0',
  'transactions-0',
]
const MARKER = '.kafka_cleanshutdown'

let world: ImportWorld

beforeEach(() => {
  world = new ImportWorld()
})

/** Every log of the Kafka is in the target, byte by byte. */
const expectWholeCopy = () => {
  for (const folder of FOLDERS) {
    expect(world.filesIn(`${TARGET}/${folder}`)).toEqual(world.filesIn(`${KAFKA}/${folder}`))
  }
}

const storedPartition = async (topicId: string) =>
  decodePartition(0, (await world.store.range(keyRange(world.keys.partition(topicId, 0)))).keyValues[0]!)

const nextProducerId = async () =>
  decodeProducerIds((await world.store.range(keyRange(world.keys.producerIds))).keyValues[0]!)

const topicIdOf = (folder: string) => /topic_id: (.*)/.exec(world.text(`${KAFKA}/${folder}/partition.metadata`)!)![1]!

describe('the logs of a Kafka', () => {
  test('come with all their files, and the Kafka keeps its own', async () => {
    const before = FOLDERS.map(folder => world.filesIn(`${KAFKA}/${folder}`))
    const lines = await world.import()
    expectWholeCopy()
    expect(FOLDERS.map(folder => world.filesIn(`${KAFKA}/${folder}`))).toEqual(before)
    const others = ['log-start', 'recovery-point', 'replication'].map(name => `${name}-offset-checkpoint`)
    expect(world.disk.list(TARGET)).toEqual([MARKER, 'meta.properties', ...FOLDERS, ...others].sort())
    expect(lines).toContain('imported plain: 1 partition')
    expect(lines.at(-2)).toBe(`7 topics, 7 partitions, ${world.copied} bytes`)
    expect(world.announced).toEqual([world.copied])
  })

  test('come with their ids, settings, offsets and the cluster they belong to', async () => {
    await world.import()
    const topics = await world.topics()
    expect([...topics.keys()].sort()).toEqual(FOLDERS.map(folder => folder.slice(0, -2)))
    expect(topics.get('logappend')).toMatchObject({
      partitionCount: 1,
      configs: { 'message.timestamp.type': 'LogAppendTime' },
    })
    for (const checkpoint of ['log-start', 'recovery-point', 'replication']) {
      const name = `${checkpoint}-offset-checkpoint`
      expect(world.text(`${TARGET}/${name}`)?.split('\n').sort()).toEqual(
        world
          .text(`${KAFKA}/${name}`)
          ?.split('\n')
          .filter(line => !line.startsWith('__cluster_metadata'))
          .map((line, n) => (n === 1 ? expect.any(String) : line))
          .sort(),
      )
    }
    expect(world.text(`${TARGET}/meta.properties`)).toContain('cluster.id=b2RyYWRlay1vcmFjbGUxMg\n')
  })

  test('are led under higher epochs than ever, and no producer id is given out again', async () => {
    await world.import()
    expect(world.text(`${KAFKA}/plain-0/leader-epoch-checkpoint`)).toMatch(/\n2 \d+\n$/)
    expect(await storedPartition(topicIdOf('plain-0'))).toMatchObject({ replicas: [1], leader: 1, leaderEpoch: 3 })
    expect(await nextProducerId()).toBeGreaterThanOrEqual(1000)
  })

  test('that are on their way out, strays and metadata stay behind', async () => {
    const id = '0123456789abcdef0123456789abcdef'
    for (const name of [`a-0.${id}-delete`, `b-1.${id}-stray`, `c-2.${id}-future`, 'lost+found']) {
      world.disk.makeDirectory(`${KAFKA}/${name}`)
    }
    world.write(`${KAFKA}/plain-0/00000000000000000000.log.deleted`, 'gone')
    expect(await world.import()).toEqual(
      expect.arrayContaining([
        `skipped a-0.${id}-delete: its topic was deleted`,
        `skipped b-1.${id}-stray: it belongs to no topic`,
        `skipped c-2.${id}-future: it is the copy of a log on its way to another directory`,
        'skipped lost+found: it holds no log',
        'topic oversized has no partition here',
      ]),
    )
    expect(world.disk.list(TARGET).filter(name => world.disk.stat(`${TARGET}/${name}`)?.isDirectory)).toEqual(FOLDERS)
    expect(world.filesIn(`${TARGET}/plain-0`).has('00000000000000000000.log.deleted')).toBe(false)
  })

  test('come beside those that are there', async () => {
    const other = '/other'
    world.disk.makeDirectory(`${other}/there-0`)
    world.write(`${other}/meta.properties`, 'version=1\ncluster.id=other\nnode.id=9\ndirectory.id=other\n')
    world.write(`${other}/there-0/partition.metadata`, 'version: 0\ntopic_id: dGhlcmUtdGhlcmUtdGhlcg')
    world.write(`${other}/replication-offset-checkpoint`, '0\n1\nthere 0 4\n')
    world.write(`${other}/${MARKER}`, '{"version":0,"brokerEpoch":77}')
    await world.import({ sources: [other] })
    await world.import()
    expect(world.text(`${TARGET}/replication-offset-checkpoint`)).toMatch(/^0\n8\nthere 0 4\n/)
    expect(world.text(`${TARGET}/meta.properties`)).toMatch(/cluster.id=other\n/)
    expect(world.disk.stat(`${TARGET}/${MARKER}`)).not.toBeNull()
    expectWholeCopy()
  })

  test('may be spread over several directories', async () => {
    world.disk.makeDirectory('/second')
    world.write('/second/meta.properties', world.text(`${KAFKA}/meta.properties`)!.replace(/directory.id=./, '$&x'))
    world.disk.rename(`${KAFKA}/plain-0`, '/second/plain-0')
    await world.import({ sources: [KAFKA, '/second'] })
    expect(world.filesIn(`${TARGET}/plain-0`)).toEqual(world.filesIn('/second/plain-0'))
    expect((await world.topics()).has('plain')).toBe(true)
  })
})

describe('after an unclean stop', () => {
  beforeEach(() => {
    world.disk.remove(`${KAFKA}/${MARKER}`)
  })

  test('logs come without the marker of a clean one, so that the broker checks them', async () => {
    const lines = await world.import()
    expect(lines[0]).toBe(`${KAFKA} was not left in order: the broker will check its logs when it starts`)
    expectWholeCopy()
    expect(world.disk.stat(`${TARGET}/${MARKER}`)).toBeNull()
  })

  test('the marker of the target goes, too', async () => {
    world.disk.makeDirectory(TARGET)
    world.write(`${TARGET}/${MARKER}`, '{}')
    await world.import()
    expect(world.disk.stat(`${TARGET}/${MARKER}`)).toBeNull()
  })

  test('epochs and producers are found in what no other file tells of', async () => {
    const path = `${KAFKA}/plain-0/00000000000000000355.log`
    const batch = encodeBatch({
      baseOffset: 431,
      partitionLeaderEpoch: 7,
      producerId: 123_456,
      producerEpoch: 0,
      baseSequence: 0,
      records: [{ timestamp: 0 }],
    })
    world.write(path, Buffer.concat([world.disk.readFile(path)!, batch, batch.subarray(0, 40)]))
    await world.import()
    expect(await storedPartition(topicIdOf('plain-0'))).toMatchObject({ leaderEpoch: 8 })
    expect(await nextProducerId()).toBe(123_457)
  })

  test('damaged leader epochs are found anew, from the batches', async () => {
    world.write(`${KAFKA}/logappend-0/leader-epoch-checkpoint`, 'nonsense')
    await world.import()
    expect(await storedPartition(topicIdOf('logappend-0'))).toMatchObject({ leaderEpoch: 3 })
  })

  test('preallocated files keep their size', async () => {
    const path = '/plain-0/00000000000000000355.index'
    const size = 2 * 1024 * 1024 + 8
    const file = world.disk.open(`${KAFKA}${path}`, 'write')
    file.truncate(size)
    file.close()
    await world.import()
    expect(world.disk.stat(`${TARGET}${path}`)?.size).toBe(size)
    expectWholeCopy()
  })

  test('without metadata goes on compacting what was compacted', async () => {
    world.disk.removeTree(`${KAFKA}/__cluster_metadata-0`)
    world.write(`${KAFKA}/cleaner-offset-checkpoint`, '0\n1\nplain 0 5\n')
    expect(await world.import()).toContain('topic plain goes on being compacted (cleanup.policy=compact)')
    const compacted = [...(await world.topics()).values()].filter(
      ({ configs }) => configs['cleanup.policy'] === 'compact',
    )
    expect(compacted.map(({ name }) => name).sort()).toEqual(['__consumer_offsets', '__transaction_state', 'plain'])
  })

  test('metadata are read as far as they are whole', async () => {
    const path = `${KAFKA}/__cluster_metadata-0/00000000000000000000.log`
    const changed = metadataBatch(500, [configRecord('plain', 'retention.ms', '1'), topicRecord('x', 'x'.repeat(22))])
    world.write(path, Buffer.concat([world.disk.readFile(path)!, changed, changed.subarray(0, 70)]))
    const lines = await world.import()
    expect(lines[1]).toMatch(/^__cluster_metadata-0 was read up to offset 502: /)
    expect((await world.topics()).get('plain')?.configs).toMatchObject({ 'retention.ms': '1' })
  })
})

describe('an import that is cut short', () => {
  test('has everything on the disk before the metadata know of it', async () => {
    world = new ImportWorld(new MemoryDisk({ crashable: true }))
    for (const folder of FOLDERS) world.disk.syncDirectory(`${KAFKA}/${folder}`)
    const source = new ImportWorld().disk
    let crashes = 0
    const crashing: MetadataStore = {
      ...world.openedStore,
      transaction: async () => {
        crashes++
        world.disk.crash({ keepPageCache: false, random: new SeededRandom(5) })
        throw new Error('the power failed')
      },
    }
    await expect(world.import({ openStore: async () => crashing })).rejects.toThrow('the power failed')
    expect(crashes).toBe(1)
    for (const folder of FOLDERS) {
      for (const name of source.list(`${KAFKA}/${folder}`)) {
        expect(world.disk.readFile(`${TARGET}/${folder}/${name}`)).toEqual(
          source.readFile(`${KAFKA}/${folder}/${name}`),
        )
      }
    }
  })

  test('by a disk that fails, at whichever call, can be done again', async () => {
    const small = () => {
      world = new ImportWorld()
      for (const folder of FOLDERS) if (folder !== 'transactions-0') world.disk.removeTree(`${KAFKA}/${folder}`)
    }
    let failures = 0
    for (let nth = 1; ; nth++) {
      small()
      let calls = 0
      world.disk.faults.failWhen(() => ++calls === nth, 'EIO')
      const outcome = await world.import().then(
        () => null,
        (error: Error) => error,
      )
      if (calls < nth) break
      failures++
      world.disk.faults.clear()
      expect(outcome).toMatchObject({ name: 'CommandFailure', message: expect.stringContaining('EIO') })
      // Only the lock that could not be given back comes after the metadata.
      if ((await world.topics()).size === 0) await world.import()
      expect([...(await world.topics()).keys()]).toEqual(['transactions'])
      expect(world.filesIn(`${TARGET}/transactions-0`)).toEqual(world.filesIn(`${KAFKA}/transactions-0`))
    }
    expect(failures).toBeGreaterThan(100)
  })

  test('leaves folders that the next one puts aside', async () => {
    world.disk.makeDirectory(`${TARGET}/plain-0`)
    world.write(`${TARGET}/plain-0/00000000000000000000.log`, 'left over')
    const lines = await world.import()
    const [line] = lines.filter(text => text.includes('belonged to no topic'))
    const aside = /and is now (plain-0\.[0-9a-f]{32}-stray)$/.exec(line!)![1]!
    expect(world.text(`${TARGET}/${aside}/00000000000000000000.log`)).toBe('left over')
    expectWholeCopy()
  })
})
