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

const check = (codec: TestCodec, definition: MessageDefinition, vector: GoldenVector, prefixBytes = 0): void => {
  const bytes = Buffer.from(vector.hex, 'hex').subarray(prefixBytes)
  const layout = layoutOf(definition, vector.version, EXACT)
  const value = decodeAll(codec.reader(layout), bytes)
  expect(jsonOf(layout, value)).toEqual(vector.json)
  if (vector.kind === 'unknown-tags') return
  expect(encode(codec.writer(layout), value).toString('hex')).toBe(vector.hex.slice(2 * prefixBytes))
}

describe.each([compiled, interpreted])('the $name codec and the bytes that Kafka wrote', codec => {
  it.each(messageVectors())('agree on $name', ({ name, vectors }) => {
    const definition = definitions.get(name)!
    expect(new Set(vectors.map(({ version }) => version))).toEqual(new Set(versionsOf(definition)))
    for (const vector of vectors) check(codec, definition, vector)
  })

  it.each(recordVectors())('agree on $name', ({ name, type, recordType, vectors }) => {
    const definition = definitions.get(name)!
    expect(new Set(vectors.map(({ version }) => version))).toEqual(new Set(versionsOf(definition)))
    for (const vector of vectors) {
      if (type === 'plain') check(codec, definition, vector)
      else {
        const prefix = Buffer.from(vector.hex, 'hex').readInt16BE(0)
        expect(prefix).toBe(type === 'coordinator-key' ? recordType : vector.version)
        check(codec, definition, vector, PREFIX_BYTES)
      }
    }
  })

  it('agree on lengths around the boundaries of varints', () => {
    for (const vector of lengthVectors()) check(codec, definitions.get(vector.name)!, vector)
  })
})

it('there are vectors for every definition', () => {
  const seen = [...messageVectors(), ...recordVectors()].map(({ name }) => name)
  expect([...definitions.keys()].sort()).toEqual(seen.sort())
})
