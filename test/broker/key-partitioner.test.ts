import * as fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { partitionOf } from '../../src/broker/key-partitioner'

test('a key gets the partition that other clients choose for it', () => {
  const theirs = Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 500 }), (bytes, count) => {
      const key = Buffer.from(bytes)
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 1,
        replicas: [1],
        isr: [1],
      }))
      const chosen = theirs({ topic: 't', partitionMetadata, message: { key, value: null } })
      expect(partitionOf(key, count)).toBe(chosen)
    }),
  )
})

test('the same key always gets the same partition', () => {
  expect([0, 1, 2].map(() => partitionOf(Buffer.from('user-1'), 12))).toEqual(
    Array(3).fill(partitionOf(Buffer.from('user-1'), 12)),
  )
})
