import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { layoutOf } from '../../../protocol/schema/layout'
import { Reader } from '../../../protocol/wire/reader'
import { Writer } from '../../../protocol/wire/writer'
import { compiled, interpreted } from '../../support/codecs'
import { allDefinitions, versionsOf } from '../../support/definitions'
import { messageArbitrary } from '../../support/message-arbitrary'

const RUNS_PER_VERSION = 10

describe('any message that is written is read again, and both codecs write the same bytes', () => {
  it.each([...allDefinitions().values()])('$name', definition => {
    for (const version of versionsOf(definition)) {
      const layout = layoutOf(definition, version)
      const codecs = [compiled, interpreted].map(({ reader, writer }) => ({
        read: reader(layout),
        write: writer(layout),
      }))
      const property = fc.property(messageArbitrary(layout), message => {
        const encodings = codecs.map(({ write }) => {
          const writer = new Writer(1)
          write(writer, message)
          return Buffer.concat(writer.finish())
        })
        const [bytes] = encodings
        if (!encodings.every(other => bytes!.equals(other))) throw new Error('the codecs write different bytes')
        for (const { read } of codecs) {
          const reader = new Reader(bytes!)
          const decoded = read(reader)
          if (!isDeepStrictEqual(decoded, message)) expect(decoded).toEqual(message)
          if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes were not read`)
        }
      })
      fc.assert(property, { numRuns: RUNS_PER_VERSION })
    }
  })
})
