import { layoutOf } from '../../../protocol/schema/layout'
import type { MessageDefinition } from '../../../protocol/schema/message'
import { compiled, decodeAll, encode, interpreted, type TestCodec } from '../../support/codecs'
import { allDefinitions, versionsOf } from '../../support/definitions'
import { type GoldenVector, lengthVectors, messageVectors, recordVectors } from '../../support/golden-messages'
import { jsonOf } from '../../support/message-json'

const PREFIX_BYTES = 2
const definitions = allDefinitions()

/** Vectors hold any int64, and nothing of them may be rounded. */
const EXACT = { exactInt64: true }

type Check = (vector: GoldenVector, prefixBytes?: number) => void

/** Checks vectors of one message: they mean what their JSON says, and are written again byte for byte. */
const checkOf = (codec: TestCodec, definition: MessageDefinition): Check => {
  const versions = versionsOf(definition).map(version => {
    const layout = layoutOf(definition, version, EXACT)
    return [version, { layout, read: codec.reader(layout), write: codec.writer(layout) }] as const
  })
  const codecs = new Map(versions)
  return ({ version, kind, json, hex }, prefixBytes = 0) => {
    const { layout, read, write } = codecs.get(version)!
    const value = decodeAll(read, Buffer.from(hex, 'hex').subarray(prefixBytes))
    expect(jsonOf(layout, value)).toEqual(json)
    if (kind !== 'unknown-tags') expect(encode(write, value).toString('hex')).toBe(hex.slice(2 * prefixBytes))
  }
}

describe.each([compiled, interpreted])('the $name codec and the bytes that Kafka wrote', codec => {
  it.each(messageVectors())('agree on $name', ({ name, vectors }) => {
    const definition = definitions.get(name)!
    const check = checkOf(codec, definition)
    expect(new Set(vectors.map(({ version }) => version))).toEqual(new Set(versionsOf(definition)))
    for (const vector of vectors) check(vector)
  })

  it.each(recordVectors())('agree on $name', ({ name, type, recordType, vectors }) => {
    const definition = definitions.get(name)!
    const check = checkOf(codec, definition)
    expect(new Set(vectors.map(({ version }) => version))).toEqual(new Set(versionsOf(definition)))
    for (const vector of vectors) {
      if (type === 'plain') check(vector)
      else {
        const prefix = Buffer.from(vector.hex, 'hex').readInt16BE(0)
        expect(prefix).toBe(type === 'coordinator-key' ? recordType : vector.version)
        check(vector, PREFIX_BYTES)
      }
    }
  })

  it('agree on lengths around the boundaries of varints', () => {
    for (const vector of lengthVectors()) checkOf(codec, definitions.get(vector.name)!)(vector)
  })
})

it('there are vectors for every definition', () => {
  const seen = [...messageVectors(), ...recordVectors()].map(({ name }) => name)
  expect([...definitions.keys()].sort()).toEqual(seen.sort())
})
