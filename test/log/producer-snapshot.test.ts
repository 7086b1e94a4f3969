import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeProducerSnapshot, encodeProducerSnapshot } from '../../src/log/producer-snapshot'
import type { ProducerStateFields } from '../../src/log/producer-state-entry'

interface Vector {
  readonly producerEntries: readonly (Omit<ProducerStateFields, 'producerEpoch'> & { readonly epoch: number })[]
  readonly hex: string
}

const { vectors } = JSON.parse(readFileSync(join(__dirname, '../golden/batches/producer-snapshots.json'), 'utf8')) as {
  vectors: Vector[]
}

const fieldsOf = (entry: Vector['producerEntries'][number]): ProducerStateFields => {
  const { epoch: producerEpoch, ...rest } = entry
  return { ...rest, producerEpoch }
}

test.each(vectors.map(vector => [vector.producerEntries.length, vector] as const))(
  'a snapshot of %i producers that Apache Kafka wrote is read, and written again byte by byte',
  (_count, vector) => {
    const bytes = Buffer.from(vector.hex, 'hex')
    const producers = vector.producerEntries.map(fieldsOf)
    expect(decodeProducerSnapshot(bytes)).toEqual(producers)
    expect(encodeProducerSnapshot(producers).equals(bytes)).toBe(true)
  },
)

test('a snapshot that is cut off, longer than it says, changed or of another version is unreadable', () => {
  const bytes = Buffer.from(vectors.at(-1)!.hex, 'hex')
  for (let length = 0; length < bytes.length; length++) {
    expect(decodeProducerSnapshot(bytes.subarray(0, length))).toBeNull()
  }
  expect(decodeProducerSnapshot(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeNull()
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes)
    damaged[at]! ^= 0x80
    expect(decodeProducerSnapshot(damaged)).toBeNull()
  }
})
