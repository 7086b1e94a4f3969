import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BatchHeader } from '../../protocol/records/batch-header'
import type { DecodedRecord } from '../../protocol/records/record-batch'

const FOLDER = join(__dirname, '../golden/batches')

export interface GoldenRecord {
  readonly offset: number
  readonly timestamp: number
  readonly sequence?: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly key: string; readonly value: string | null }[]
  readonly controlType?: string
  readonly coordinatorEpoch?: number
}

export interface GoldenBatch extends BatchHeader {
  readonly lastOffset: number
  readonly lastSequence: number
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly timestampType: 'CreateTime' | 'LogAppendTime' | 'NoTimestampType'
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly deleteHorizonMs?: number
  readonly records: readonly GoldenRecord[]
}

export interface GoldenVector {
  readonly name: string
  readonly bytes: Buffer
  readonly batches: readonly GoldenBatch[]
  readonly validBytes: number
}

/** A batch of 40 records, of whose values only length and checksum are known. */
export interface GoldenLargeVector {
  readonly name: string
  readonly bytes: Buffer
  readonly values: readonly { offset: number; timestamp: number; length: number; crc32c: number }[]
}

export interface GoldenInvalidVector {
  readonly name: string
  readonly bytes: Buffer
  readonly failsAt: 'iterate' | 'ensureValid' | 'records'
}

interface File<Vector> {
  readonly vectors: readonly (Omit<Vector, 'bytes'> & { readonly hex: string })[]
}

const vectorsOf = <Vector>(json: string): Vector[] =>
  (JSON.parse(json) as File<Vector>).vectors.map(
    ({ hex, ...vector }) => ({ ...vector, bytes: Buffer.from(hex, 'hex') }) as Vector,
  )

const all = vectorsOf<GoldenVector | GoldenLargeVector>(
  gunzipSync(readFileSync(join(FOLDER, 'batches.json.gz'))).toString(),
)

const isLarge = (vector: GoldenVector | GoldenLargeVector): vector is GoldenLargeVector => 'values' in vector

const withBatches = all.filter((vector): vector is GoldenVector => !isLarge(vector))

/** Vectors of nothing but batches of magic 2. */
export const goldenVectors = withBatches.filter(({ batches }) => batches.every(({ magic }) => magic === 2))

/** Vectors that begin with messages of magic 0 or 1. */
export const goldenLegacyVectors = withBatches.filter(({ batches }) => batches[0] !== undefined && batches[0].magic < 2)

export const goldenLargeVectors = all.filter(isLarge)

export const goldenInvalidVectors = vectorsOf<GoldenInvalidVector>(
  readFileSync(join(FOLDER, 'batches-invalid.json')).toString(),
)

export const goldenVector = (name: string): GoldenVector => {
  const vector = withBatches.find(vector => vector.name === name)
  if (vector === undefined) throw new Error(`there is no vector ${name}`)
  return vector
}

/** One batch of magic 2 out of a vector. */
export interface SingleGoldenBatch {
  readonly name: string
  readonly bytes: Buffer
  readonly expected: GoldenBatch
}

/** Every batch of magic 2, cut out by the sizes that the vectors state. */
export const goldenBatches: readonly SingleGoldenBatch[] = goldenVectors.flatMap(({ name, bytes, batches }) => {
  let end = 0
  return batches.map((expected, n) => {
    const start = end
    end += expected.sizeInBytes
    return { name: `${name}/${n}`, bytes: bytes.subarray(start, end), expected }
  })
})

const base64 = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString('base64'))

/** The record as the vectors would write it down. */
export const asGolden = ({ offset, timestamp, key, value, headers }: DecodedRecord): GoldenRecord => ({
  offset,
  timestamp,
  key: base64(key),
  value: base64(value),
  headers: headers.map(header => ({ key: header.key, value: base64(header.value) })),
})

/** What of a golden record `asGolden` gives. */
export const essential = ({ offset, timestamp, key, value, headers }: GoldenRecord): GoldenRecord => ({
  offset,
  timestamp,
  key,
  value,
  headers,
})

export interface GoldenProducerSnapshot {
  readonly bytes: Buffer
  readonly version: number
  readonly crc: number
  readonly producerEntries: readonly Record<string, number>[]
}

export const goldenProducerSnapshots = vectorsOf<GoldenProducerSnapshot>(
  readFileSync(join(FOLDER, 'producer-snapshots.json')).toString(),
)
