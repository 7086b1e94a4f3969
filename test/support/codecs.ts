import { compileReader } from '../../protocol/schema/compiled-reader'
import { compileWriter } from '../../protocol/schema/compiled-writer'
import { interpretReader, interpretWriter } from '../../protocol/schema/interpreted-codec'
import type { StructureLayout } from '../../protocol/schema/layout'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'

/** One of the two ways to read and write messages. */
export interface TestCodec {
  readonly name: string
  readonly reader: (layout: StructureLayout) => (reader: Reader) => unknown
  readonly writer: (layout: StructureLayout) => (writer: Writer, value: unknown) => void
}

export const compiled: TestCodec = { name: 'compiled', reader: compileReader, writer: compileWriter }
export const interpreted: TestCodec = { name: 'interpreted', reader: interpretReader, writer: interpretWriter }

/** Reads a message that must take all of `bytes`. */
export const decodeAll = (read: (reader: Reader) => unknown, bytes: Buffer): unknown => {
  const reader = new Reader(bytes)
  const value = read(reader)
  expect(reader.remaining).toBe(0)
  return value
}

export const encode = (write: (writer: Writer, value: unknown) => void, value: unknown): Buffer => {
  // So small that every message makes it grow.
  const writer = new Writer(1)
  write(writer, value)
  const bytes = Buffer.concat(writer.finish())
  expect(writer.size).toBe(bytes.length)
  return bytes
}
