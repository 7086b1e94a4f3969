import type { Reader } from '../wire/reader'
import type { Writer } from '../wire/writer'
import { compileReader } from './compiled-reader'
import { compileWriter } from './compiled-writer'
import { interpretReader, interpretWriter } from './interpreted-codec'
import { layoutOf, type StructureLayout } from './layout'
import type { InputOf, MessageDefinition, MessageOf } from './message'

type AnyReader = (reader: Reader) => unknown
type AnyWriter = (writer: Writer, value: unknown) => void

/** The functions made so far, by definition and version. */
class Codecs<Codec> {
  readonly #byDefinition = new WeakMap<MessageDefinition, Codec[]>()
  readonly #make: (layout: StructureLayout) => Codec

  constructor(make: (layout: StructureLayout) => Codec) {
    this.#make = make
  }

  get(definition: MessageDefinition, version: number): Codec {
    let byVersion = this.#byDefinition.get(definition)
    if (byVersion === undefined) {
      byVersion = []
      this.#byDefinition.set(definition, byVersion)
    }
    byVersion[version] ??= this.#make(layoutOf(definition, version))
    return byVersion[version]
  }
}

/** False where code generation from strings is disallowed, as by the option of that name of Node. */
const canCompile = (): boolean => {
  try {
    new Function('')
    return true
  } catch {
    return false
  }
}

const readers = new Codecs<AnyReader>(layout => (canCompile() ? compileReader(layout) : interpretReader(layout)))
const writers = new Codecs<AnyWriter>(layout => (canCompile() ? compileWriter(layout) : interpretWriter(layout)))

/**
 * The function that reads `definition` in `version`, compiled when first asked for. It reads from where the Reader stands, leaves it
 * behind the message, and throws MalformedMessage when the bytes are not such a message. Throws Error when there is no such version.
 */
export const readerOf = <Definition extends MessageDefinition>(
  definition: Definition,
  version: number,
): ((reader: Reader) => MessageOf<Definition>) =>
  readers.get(definition, version) as (reader: Reader) => MessageOf<Definition>

/**
 * The function that writes `definition` in `version`, compiled when first asked for. It throws RangeError or TypeError for a value that
 * the type of its field cannot hold. Throws Error when there is no such version.
 */
export const writerOf = <Definition extends MessageDefinition>(
  definition: Definition,
  version: number,
): ((writer: Writer, value: InputOf<Definition>) => void) =>
  writers.get(definition, version) as (writer: Writer, value: InputOf<Definition>) => void
