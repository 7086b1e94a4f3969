import fc from 'fast-check'
import { OutputBuffer } from '../../../protocol/wire/output-buffer'
import { Reader } from '../../../protocol/wire/reader'

describe('an output buffer', () => {
  it('copies small bytes and passes large ones on as they are', () => {
    const small = Buffer.alloc(1023, 1)
    const large = Buffer.alloc(1024, 2)
    const output = new OutputBuffer()
    output.append(small)
    output.append([large, Buffer.of(3), Buffer.of(4)])
    expect(output.size).toBe(1023 + 1024 + 2)
    const chunks = output.finish()
    expect(chunks[1]).toBe(large)
    expect(chunks.map(({ length }) => length)).toEqual([1023, 1024, 2])
    small.fill(0)
    expect(chunks[0]?.equals(Buffer.alloc(1023, 1))).toBe(true)
  })

  it('has no chunks when nothing was written', () => {
    expect(new OutputBuffer().finish()).toEqual([])
  })

  it('writes varints in as few bytes as they take, and none beyond 32 bits', () => {
    const hex = [0, 127, 128, 16383, 16384, 4294967295].map(value => {
      const output = new OutputBuffer(1)
      output.unsignedVarint(value)
      return Buffer.concat(output.finish()).toString('hex')
    })
    expect(hex).toEqual(['00', '7f', '8001', 'ff7f', '808001', 'ffffffff0f'])
    for (const value of [-1, 2 ** 32, 0.5]) expect(() => new OutputBuffer().unsignedVarint(value)).toThrow(RangeError)
  })

  it('puts the size in front of sized parts of any length, nested ones too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<number>(0, 1, 60, 126, 127, 128, 1030, 16383, 16384, 20000), { maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        (sizes, capacity) => {
          const output = new OutputBuffer(capacity)
          output.append(Buffer.from('ffffffff', 'hex'))
          const sections = sizes.map(size => {
            const section = output.startSized()
            output.append(Buffer.alloc(size, size))
            return section
          })
          for (const section of sections.reverse()) output.endSized(section)
          const reader = new Reader(Buffer.concat(output.finish()), 4)
          for (const size of sizes) {
            expect(reader.unsignedVarint()).toBe(reader.remaining)
            const part = reader.buffer.subarray(reader.position, reader.position + size)
            expect(part.equals(Buffer.alloc(size, size))).toBe(true)
            reader.skip(size)
          }
          expect(reader.remaining).toBe(0)
        },
      ),
    )
  })

  it('puts the size in front of frames, whatever they grow to and however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom<number>(0, 1, 100, 1024, 5000), { maxLength: 5 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 300 }),
        (frames, capacity) => {
          const output = new OutputBuffer(capacity)
          for (const parts of frames) {
            output.startFrame()
            for (const size of parts) output.append(Buffer.alloc(size, 1))
            output.append(Buffer.of(9))
            output.endFrame()
          }
          const expectedSize = frames.flat().reduce((sum, size) => sum + size, 0) + 5 * frames.length
          expect(output.size).toBe(expectedSize)
          const reader = new Reader(Buffer.concat(output.finish()))
          for (const parts of frames) {
            const size = parts.reduce((sum, part) => sum + part, 0)
            expect(reader.int32()).toBe(size + 1)
            reader.skip(size)
            expect(reader.int8()).toBe(9)
          }
          expect(reader.remaining).toBe(0)
        },
      ),
    )
  })

  it('does not end a frame that was not started', () => {
    expect(() => new OutputBuffer().endFrame()).toThrow('no frame was started')
  })
})
