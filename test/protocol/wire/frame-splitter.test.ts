import fc from 'fast-check'
import { FrameSplitter } from '../../../protocol/wire/frame-splitter'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const frameOf = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

const lengthOnly = (length: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(length)
  return bytes
}

const takeAll = (splitter: FrameSplitter): Buffer[] => {
  const frames: Buffer[] = []
  for (let frame = splitter.next(); frame !== null; frame = splitter.next()) frames.push(frame)
  return frames
}

describe('a frame splitter', () => {
  it('finds the same frames however the bytes are cut into chunks', () => {
    const bodies = fc.array(
      fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
      { maxLength: 8 },
    )
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 })
    fc.assert(
      fc.property(bodies, cuts, (expected, positions) => {
        const stream = Buffer.concat(expected.map(frameOf))
        const splitter = new FrameSplitter(1000)
        const frames: Buffer[] = []
        let from = 0
        for (const to of [...positions.filter(at => at < stream.length).sort((a, b) => a - b), stream.length]) {
          splitter.push(stream.subarray(from, to))
          frames.push(...takeAll(splitter))
          from = to
        }
        expect(frames).toEqual(expected)
      }),
    )
  })

  it('does not copy a frame that came in one chunk', () => {
    const chunk = Buffer.concat([frameOf(Buffer.from('first')), frameOf(Buffer.from('second'))])
    const splitter = new FrameSplitter(1000)
    splitter.push(chunk)
    const [first, second] = takeAll(splitter)
    chunk.fill('x')
    expect([first?.toString(), second?.toString()]).toEqual(['xxxxx', 'xxxxxx'])
  })

  it('waits for the bytes of a large frame without making room for them', () => {
    const before = process.memoryUsage().arrayBuffers
    const splitters = Array.from({ length: 100 }, () => new FrameSplitter(0x7fff_ffff))
    for (const splitter of splitters) {
      splitter.push(lengthOnly(0x7fff_ffff))
      expect(splitter.next()).toBeNull()
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(0x7fff_ffff)
  })

  it('passes frames of the largest size and refuses larger ones before their bytes are there', () => {
    const splitter = new FrameSplitter(10)
    splitter.push(frameOf(Buffer.alloc(10, 1)))
    expect(splitter.next()).toEqual(Buffer.alloc(10, 1))
    splitter.push(lengthOnly(11))
    expect(() => splitter.next()).toThrow(MalformedMessage)
  })

  it('refuses a negative length', () => {
    const splitter = new FrameSplitter(1000)
    splitter.push(lengthOnly(-1))
    expect(() => splitter.next()).toThrow(MalformedMessage)
  })

  it('has frames without bytes', () => {
    const splitter = new FrameSplitter(1000)
    splitter.push(lengthOnly(0))
    expect(splitter.next()).toEqual(Buffer.alloc(0))
    expect(splitter.next()).toBeNull()
  })
})
