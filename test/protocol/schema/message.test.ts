import { readerOf, writerOf } from '../../../protocol/schema/codec'
import { fields, type InputOf, type MessageOf, message } from '../../../protocol/schema/message'
import { Reader } from '../../../protocol/wire/reader'
import { Writer } from '../../../protocol/wire/writer'

const part = fields([
  { name: 'number', type: 'int32', versions: '0+' },
  { name: 'texts', type: '[]string', versions: '0+', nullableVersions: '0+' },
])

const Example = message({
  name: 'Example',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'flag', type: 'bool', versions: '0+' },
    { name: 'hash', type: 'int64', versions: '0+', int64: 'bigint' },
    { name: 'limit', type: 'int64', versions: '0+', int64: 'saturate' },
    { name: 'payload', type: 'bytes', versions: '0+' },
    { name: 'records', type: 'records', versions: '0+', nullableVersions: '0+' },
    { name: 'one', type: 'Part', versions: '0+', nullableVersions: '0+', fields: part },
    { name: 'many', type: '[]Part', versions: '0+', fields: part },
  ],
})

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Fails to compile unless both types are the same. */
const sameType = <A, B>(same: Equal<A, B>): true => same as true

interface Part {
  number: number
  texts: string[] | null
}

interface ReadExample {
  flag: boolean
  hash: bigint
  limit: number
  payload: Buffer
  records: Buffer | null
  one: Part | null
  many: Part[]
}

interface PartInput {
  readonly number?: number
  readonly texts?: readonly string[] | null
}

interface ExampleInput {
  readonly flag?: boolean
  readonly hash?: bigint
  readonly limit?: number
  readonly payload?: Buffer | readonly Buffer[]
  readonly records?: Buffer | readonly Buffer[] | null
  readonly one?: PartInput | null
  readonly many?: readonly PartInput[]
}

const roundTrip = (input: InputOf<typeof Example>): MessageOf<typeof Example> => {
  const writer = new Writer()
  writerOf(Example, 0)(writer, input)
  return readerOf(Example, 0)(new Reader(Buffer.concat(writer.finish())))
}

describe('a message', () => {
  it('has the types that its definition says, or this file does not compile', () => {
    expect(sameType<MessageOf<typeof Example>, ReadExample>(true)).toBe(true)
    expect(sameType<InputOf<typeof Example>, ExampleInput>(true)).toBe(true)
  })

  it('is read as it was written', () => {
    const value: ReadExample = {
      flag: true,
      hash: -(2n ** 63n),
      limit: Number.MAX_SAFE_INTEGER,
      payload: Buffer.from('payload'),
      records: Buffer.from('records'),
      one: { number: 1, texts: null },
      many: [{ number: 2, texts: ['a', ''] }],
    }
    expect(roundTrip(value)).toEqual(value)
  })

  it('has its defaults where the input has nothing', () => {
    expect(roundTrip({ many: [{}] })).toEqual({
      flag: false,
      hash: 0n,
      limit: 0,
      payload: Buffer.alloc(0),
      records: null,
      one: { number: 0, texts: [] },
      many: [{ number: 0, texts: [] }],
    })
  })

  it('may be given bytes and records in parts', () => {
    const { payload, records } = roundTrip({ payload: [Buffer.of(1), Buffer.of(2)], records: [Buffer.of(3)] })
    expect([payload, records]).toEqual([Buffer.of(1, 2), Buffer.of(3)])
  })
})
