import type { KeyValue } from '../../src/metadata/metadata-store'
import {
  decodeBroker,
  decodeController,
  decodeOverrides,
  decodePartition,
  decodeProducerIds,
  decodeTopic,
  decodeTopicName,
  encodeBroker,
  encodeController,
  encodeOverrides,
  encodePartition,
  encodeProducerIds,
  encodeTopic,
  encodeTopicName,
  type TopicValue,
} from '../../src/metadata/metadata-values'
import type { PartitionState } from '../../src/metadata/partition-state'
import { UnreadableMetadata } from '../../src/metadata/stored-fields'

const stored = (value: string): KeyValue => ({
  key: '/k',
  value,
  createRevision: 5,
  modRevision: 9,
  version: 3,
  leaseId: null,
})

const partition: PartitionState = {
  replicas: [3, 1, 2],
  adding: [2],
  removing: [3],
  leader: 1,
  leaderBrokerEpoch: 17,
  leaderEpoch: 4,
  partitionEpoch: 12,
  isr: [
    { id: 1, epoch: 17 },
    { id: 3, epoch: 11 },
  ],
  elr: [{ id: 2, epoch: 2 }],
  minIsr: 3,
  recovering: true,
}

const topic: TopicValue = {
  name: 'orders',
  state: 'creating',
  partitionCount: 6,
  configs: { 'retention.ms': '-1' },
  creator: { id: 1, epoch: 17 },
}

const broker = {
  incarnation: 'run-1',
  endpoints: [{ listenerName: 'INTERNAL', securityProtocol: 'SSL', host: '::1', port: 9093 }],
  rack: null,
  state: 'draining',
  safeSince: null,
} as const

describe('the values in the store', () => {
  it('come back as they were', () => {
    expect(decodePartition(7, stored(encodePartition(partition)))).toEqual({
      ...partition,
      partition: 7,
      modRevision: 9,
    })
    expect(decodeTopic(stored(encodeTopic(topic)))).toEqual(topic)
    expect(decodeTopicName(stored(encodeTopicName('id-orders')))).toBe('id-orders')
    expect(decodeController(stored(encodeController({ id: 2, brokerEpoch: 17 })))).toEqual({
      id: 2,
      brokerEpoch: 17,
      epoch: 5,
    })
    expect(decodeOverrides(stored(encodeOverrides({ a: '', b: 'ü' })))).toEqual({ a: '', b: 'ü' })
    expect(decodeProducerIds(stored(encodeProducerIds(5000)))).toBe(5000)
  })

  it('take the epochs of a broker from the revisions of its key', () => {
    expect(decodeBroker(4, stored(encodeBroker(broker)))).toEqual({ ...broker, id: 4, epoch: 5, safeSince: 5 })
    expect(decodeBroker(4, stored(encodeBroker({ ...broker, safeSince: 2 })))).toMatchObject({ epoch: 5, safeSince: 2 })
  })

  it('have the documented form, which other versions rely on', () => {
    expect(JSON.parse(encodePartition(partition))).toEqual({
      format: 1,
      ...partition,
      isr: [
        [1, 17],
        [3, 11],
      ],
      elr: [[2, 2]],
    })
    expect(JSON.parse(encodeTopic(topic))).toEqual({ format: 1, ...topic, creator: [1, 17] })
    expect(JSON.parse(encodeBroker(broker))).toEqual({ format: 1, ...broker })
  })

  it.each(Object.keys(partition))('are refused when a partition lacks %s or has something else there', field => {
    const fields = JSON.parse(encodePartition(partition))
    for (const wrong of [undefined, null, 'text', {}, [['a']], 1.5]) {
      expect(() => decodePartition(0, stored(JSON.stringify({ ...fields, [field]: wrong })))).toThrow(
        UnreadableMetadata,
      )
    }
  })

  it.each(Object.keys(topic))('are refused when a topic lacks %s or has something else there', field => {
    const fields = JSON.parse(encodeTopic(topic))
    for (const wrong of [undefined, null, { a: 1 }, [['a']], 1.5]) {
      expect(() => decodeTopic(stored(JSON.stringify({ ...fields, [field]: wrong })))).toThrow(UnreadableMetadata)
    }
  })

  it.each(['', 'text', 'null', '[]', '1', '{}', '{"format":2}', '{"format":"1"}'])(
    'are refused when they are %j',
    value => {
      expect(() => decodeOverrides(stored(value))).toThrow(UnreadableMetadata)
    },
  )

  it('name the key and the field in the message', () => {
    const value = JSON.stringify({ ...JSON.parse(encodePartition(partition)), leader: 'me' })
    expect(() => decodePartition(0, stored(value))).toThrow(
      `the metadata store holds an unreadable value at /k: field 'leader' is "me"`,
    )
  })
})
