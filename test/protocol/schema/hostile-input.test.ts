import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { layoutOf } from '../../../protocol/schema/layout'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import { Reader } from '../../../protocol/wire/reader'
import { Writer } from '../../../protocol/wire/writer'
import { compiled, interpreted, type TestCodec } from '../../support/codecs'
import { allDefinitions, versionsOf } from '../../support/definitions'
import { type GoldenMessage, messageVectors, recordVectors } from '../../support/golden-messages'

const RUNS_PER_VERSION = 20
const definitions = allDefinitions()
const goldenMessages = [...messageVectors(), ...recordVectors()]

interface Sample {
  readonly version: number
  readonly bytes: Buffer
}

/** For each version the longest bytes that Kafka wrote, without the type or version in front of records. */
const samples = ({ name, type, vectors }: GoldenMessage): Sample[] =>
  versionsOf(definitions.get(name)!).map(version => {
    const all = vectors.filter(vector => vector.version === version).map(({ hex }) => Buffer.from(hex, 'hex'))
    const longest = all.reduce((a, b) => (a.length >= b.length ? a : b))
    const hasPrefix = type.startsWith('coordinator') || type === 'version-prefixed'
    return { version, bytes: longest.subarray(hasPrefix ? 2 : 0) }
  })

/** The message, or MalformedMessage; any other error is thrown on. */
const outcomeOf = (read: (reader: Reader) => unknown, bytes: Buffer): unknown => {
  try {
    return read(new Reader(bytes))
  } catch (error) {
    if (error instanceof MalformedMessage) return MalformedMessage
    throw error
  }
}

const elementsIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0
  const elements = Array.isArray(value) ? value.length : 0
  return Object.values(value).reduce((sum: number, part) => sum + elementsIn(part), elements)
}

/** Checks bytes of a message: whatever they are read as took a byte for each element at least, and survives a round trip. */
const checkOf = (name: string, version: number): ((bytes: Buffer) => void) => {
  const layout = layoutOf(definitions.get(name)!, version)
  const [read, interpret, write] = [compiled.reader(layout), interpreted.reader(layout), compiled.writer(layout)]
  return bytes => {
    const value = outcomeOf(read, bytes)
    if (!isDeepStrictEqual(outcomeOf(interpret, bytes), value)) throw new Error('the codecs read different messages')
    if (value === MalformedMessage) return
    expect(elementsIn(value)).toBeLessThanOrEqual(bytes.length)
    const writer = new Writer()
    write(writer, value)
    const again = outcomeOf(read, Buffer.concat(writer.finish()))
    if (!isDeepStrictEqual(again, value)) expect(again).toEqual(value)
  }
}

const refusesEveryPart = ({ reader }: TestCodec, name: string, { version, bytes }: Sample): void => {
  const read = reader(layoutOf(definitions.get(name)!, version))
  for (let end = 0; end < bytes.length; end++) {
    if (outcomeOf(read, bytes.subarray(0, end)) === MalformedMessage) continue
    throw new Error(`version ${version} is read from ${end} of ${bytes.length} bytes`)
  }
}

describe('a message that ends early, at any byte, is refused:', () => {
  it.each(goldenMessages)('$name', golden => {
    const all = samples(golden)
    for (const sample of all) refusesEveryPart(compiled, golden.name, sample)
    refusesEveryPart(interpreted, golden.name, all.at(-1)!)
  })
})

describe('damaged bytes are read as some message or refused:', () => {
  it.each(goldenMessages)('$name', golden => {
    for (const { version, bytes } of samples(golden)) {
      if (bytes.length === 0) continue
      const check = checkOf(golden.name, version)
      const position = fc.nat({ max: bytes.length - 1 })
      const damage = fc.record({ position, values: fc.uint8Array({ minLength: 1, maxLength: 5 }) })
      const damages = fc.array(damage, { minLength: 1, maxLength: 3 })
      const property = fc.property(damages, fc.boolean(), (list, extreme) => {
        const damaged = Buffer.from(bytes)
        // Bytes of ones alone make the largest lengths, and -1.
        for (const { position: at, values } of list)
          damaged.set(values.map(byte => (extreme ? 0xff : byte)).subarray(0, bytes.length - at), at)
        check(damaged)
      })
      fc.assert(property, { numRuns: RUNS_PER_VERSION })
    }
  })
})

describe('random bytes are read as some message or refused:', () => {
  it.each(goldenMessages)('$name', ({ name }) => {
    const check = fc.constantFrom(...versionsOf(definitions.get(name)!).map(version => checkOf(name, version)))
    // Small values are plausible lengths, so that more than the first field is reached.
    const byte = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 255 }))
    const bytes = fc.array(byte, { maxLength: 200 }).map(list => Buffer.from(list))
    fc.assert(
      fc.property(check, bytes, (run, input) => run(input)),
      { numRuns: 2 * RUNS_PER_VERSION },
    )
  })
})

it('a reader needs time in proportion to the bytes, however many elements and tags they declare', () => {
  const layout = layoutOf(definitions.get('MetadataRequest')!, 12)
  const read = compiled.reader(layout)
  const declared = Buffer.from('ffffffff0f', 'hex')
  expect(outcomeOf(read, Buffer.concat([declared, Buffer.alloc(100_000)]))).toBe(MalformedMessage)
  // No topics, two booleans, then as many tags as an unsigned varint can name.
  const tags = Buffer.concat([Buffer.of(0, 0, 0), declared, Buffer.alloc(200_000, Buffer.of(9, 0))])
  expect(outcomeOf(read, tags)).toBe(MalformedMessage)
})
