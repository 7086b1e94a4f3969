import { Produce } from '../../../protocol/messages/00-produce'
import { crc32c } from '../../../protocol/wire/crc32c'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { batch, newTopic, type ProduceOptions, produceRequest, RECORD_TIME, readAll } from '../steps'

const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAKg'
const VERSIONS = [3, 8, 13]

const produceNew = async (
  stage: Stage,
  version: number,
  records: Buffer,
  options?: ProduceOptions,
  configs: Readonly<Record<string, string>> = {},
) => {
  const topic = await newTopic(stage, { configs })
  await stage.send(Produce, version, produceRequest(topic, records, options))
  await readAll(stage, topic)
}

/** A batch with these bytes changed, and the checksum made right again unless told otherwise. */
const changed = (at: number, bytes: string, { isChecksumKept = false } = {}): Buffer => {
  const records = batch(['one', 'two', 'three'])
  records.write(bytes, at, 'hex')
  if (!isChecksumKept) records.writeUInt32BE(crc32c(records.subarray(21)), 17)
  return records
}

export const produce = area(
  'produce',
  script('a batch', [3, 4, 5, 7, 8, 9, 10, 11, 12, 13], (stage, version) =>
    produceNew(stage, version, batch(['one', 'two'])),
  ),
  script('a batch with acks=1', VERSIONS, (stage, version) => produceNew(stage, version, batch(['one']), { acks: 1 })),
  script('acks that do not exist', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one']), { acks: 2 }),
  ),
  script('a batch without an answer', [3, 12], async (stage, version) => {
    const topic = await newTopic(stage)
    await stage.sendUnanswered(Produce, version, produceRequest(topic, batch(['one']), { acks: 0 }))
    await stage.send(Produce, version, produceRequest(topic, batch(['two']), { acks: 1 }))
    await readAll(stage, topic)
  }),
  script('a failure without an answer closes', [3, 12], async (stage, version) => {
    const topic = { name: stage.name('unknown'), topicId: UNKNOWN_ID }
    await stage.sendUnanswered(Produce, version, produceRequest(topic, batch(['one']), { acks: 0 }))
    await stage.send(Produce, version, produceRequest(topic, batch(['two']), { acks: 1 }))
  }),
  script('two batches for a partition', VERSIONS, (stage, version) =>
    produceNew(stage, version, Buffer.concat([batch(['one']), batch(['two'])])),
  ),
  script('empty records', VERSIONS, (stage, version) => produceNew(stage, version, Buffer.alloc(0))),
  script('a batch without records', VERSIONS, (stage, version) => produceNew(stage, version, batch([]))),
  script('a batch that is cut off', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one', 'two']).subarray(0, -3)),
  ),
  script('a whole batch and a cut one', [8], (stage, version) =>
    produceNew(stage, version, Buffer.concat([batch(['one']), batch(['two']).subarray(0, -3)])),
  ),
  script('a header that is cut off', [8], (stage, version) =>
    produceNew(stage, version, batch(['one']).subarray(0, 30)),
  ),
  script('a wrong checksum', VERSIONS, (stage, version) =>
    produceNew(stage, version, changed(17, 'deadbeef', { isChecksumKept: true })),
  ),
  ...[0, 1, 3, 0xff].map(magic =>
    script(`a batch of magic ${magic}`, [3, 9], (stage, version) =>
      produceNew(stage, version, changed(16, magic.toString(16).padStart(2, '0'))),
    ),
  ),
  script('a control batch', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one'], { isControl: true })),
  ),
  script('a base offset that is not zero', [8], (stage, version) =>
    produceNew(stage, version, batch(['one'], { baseOffset: 17 })),
  ),
  script('a leader epoch from the client', [8], (stage, version) =>
    produceNew(stage, version, batch(['one'], { partitionLeaderEpoch: 17 })),
  ),
  script('a last offset delta that is too large', [8], (stage, version) =>
    produceNew(stage, version, changed(23, '00000009')),
  ),
  script('a negative number of records', [8], (stage, version) => produceNew(stage, version, changed(57, 'ffffffff'))),
  script('fewer records than counted', [8], (stage, version) => produceNew(stage, version, changed(57, '00000009'))),
  script('more records than counted', [8], (stage, version) => produceNew(stage, version, changed(57, '00000001'))),
  script('an unknown codec', [8], (stage, version) => produceNew(stage, version, changed(21, '0007'))),
  script('LogAppendTime from the client', [8], (stage, version) => produceNew(stage, version, changed(21, '0008'))),
  script('unused attributes', [8], (stage, version) => produceNew(stage, version, changed(21, '7f00'))),
  script('a size that is too small', [8], (stage, version) => produceNew(stage, version, changed(8, '00000010'))),
  script('a negative size', [8], (stage, version) => produceNew(stage, version, changed(8, 'ffffffff'))),
  ...(['none', 'gzip', 'snappy', 'lz4'] as const).map((codec, compression) =>
    script(`a batch of codec ${codec}`, [3, 9], (stage, version) =>
      produceNew(stage, version, batch(['one', 'two'], { compression })),
    ),
  ),
  script('zstd, which came later', [3, 6, 7, 13], (stage, version) =>
    produceNew(stage, version, batch(['one', 'two'], { compression: 4 })),
  ),
  script('gzip that is none', [8], (stage, version) => produceNew(stage, version, changed(21, '0001'))),
  script('an unknown topic', VERSIONS, (stage, version) => {
    const topic = { name: stage.name('unknown'), topicId: UNKNOWN_ID }
    return stage.send(Produce, version, produceRequest(topic, batch(['one'])))
  }),
  script('an unknown partition', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one']), { partition: 5 }),
  ),
  script('a negative partition', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one']), { partition: -1 }),
  ),
  script('a name that no topic can have', [3, 12], (stage, version) =>
    stage.send(Produce, version, produceRequest({ name: 'a b', topicId: UNKNOWN_ID }, batch(['one']))),
  ),
  script('no topic at all', VERSIONS, (stage, version) => stage.send(Produce, version, { acks: -1, timeoutMs: 1000 })),
  script('several partitions, one of them unknown', VERSIONS, async (stage, version) => {
    const topic = await newTopic(stage, { partitions: 2 })
    const partitionData = [1, 7, 0].map(index => ({ index, records: batch([`for ${index}`]) }))
    await stage.send(Produce, version, { acks: -1, timeoutMs: 10_000, topicData: [{ ...topic, partitionData }] })
  }),
  script('the same partition twice', [8], async (stage, version) => {
    const topic = await newTopic(stage)
    const partitionData = ['one', 'two'].map(value => ({ index: 0, records: batch([value]) }))
    await stage.send(Produce, version, { acks: -1, timeoutMs: 10_000, topicData: [{ ...topic, partitionData }] })
    await readAll(stage, topic)
  }),
  script('an internal topic', [3, 12], (stage, version) => {
    const topic = { name: '__consumer_offsets', topicId: UNKNOWN_ID }
    return stage.send(Produce, version, produceRequest(topic, batch(['one'])))
  }),
  script('a batch that is too large', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['x'.repeat(2000)]), {}, { 'max.message.bytes': '1000' }),
  ),
  script('too few in-sync replicas', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one']), {}, { 'min.insync.replicas': '2' }),
  ),
  script('too few in-sync replicas with acks=1', [8], (stage, version) =>
    produceNew(stage, version, batch(['one']), { acks: 1 }, { 'min.insync.replicas': '2' }),
  ),
  script('a timestamp that is too old', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one', 'two']), {}, { 'message.timestamp.before.max.ms': '1000' }),
  ),
  script('a timestamp that is too new', VERSIONS, async (stage, version) => {
    const records = batch(['one'], { baseTimestamp: RECORD_TIME })
    records.writeBigInt64BE(BigInt(RECORD_TIME + 10 * 24 * 3_600_000), 27)
    records.writeBigInt64BE(BigInt(RECORD_TIME + 10 * 24 * 3_600_000), 35)
    records.writeUInt32BE(crc32c(records.subarray(21)), 17)
    await produceNew(stage, version, records)
  }),
  script('LogAppendTime of the topic', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one', 'two']), {}, { 'message.timestamp.type': 'LogAppendTime' }),
  ),
  script('a compacted topic', VERSIONS, (stage, version) =>
    produceNew(stage, version, batch(['one']), {}, { 'cleanup.policy': 'compact' }),
  ),
  script('a codec of the topic', [8], async (stage, version) => {
    const topic = await newTopic(stage, { configs: { 'compression.type': 'gzip' } })
    await stage.send(Produce, version, produceRequest(topic, batch(['one', 'two'])))
    await readAll(stage, topic)
  }),
)
