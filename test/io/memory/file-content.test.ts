import fc from 'fast-check'
import { FileContent } from '../../../src/io/memory/file-content'

type Step = { kind: 'write'; position: number; bytes: Uint8Array } | { kind: 'resize'; size: number }

const LARGEST = 20_000

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    position: fc.nat(LARGEST),
    bytes: fc.uint8Array({ maxLength: 3000 }),
  }),
  fc.record({ kind: fc.constant('resize' as const), size: fc.nat(LARGEST) }),
)

test('behaves like one array of bytes, and so does its clone', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(LARGEST), fc.nat(LARGEST), (steps, from, length) => {
      const content = new FileContent()
      let model = Buffer.alloc(0)
      for (const each of steps) {
        if (each.kind === 'write') {
          content.write(Buffer.from(each.bytes), each.position)
          if (each.bytes.length === 0) continue
          model = Buffer.concat([model], Math.max(model.length, each.position + each.bytes.length))
          model.set(each.bytes, each.position)
        } else {
          content.resize(each.size)
          model = Buffer.concat([model], each.size)
        }
      }
      for (const tested of [content, content.clone()]) {
        expect(tested.size).toBe(model.length)
        const into = Buffer.alloc(length, 0xff)
        const count = tested.read(into, from)
        expect(into.subarray(0, count).equals(model.subarray(from, from + length))).toBe(true)
      }
    }),
  )
})

test('a clone is independent', () => {
  const content = new FileContent()
  content.write(Buffer.from('abc'), 0)
  const clone = content.clone()
  content.write(Buffer.from('x'), 0)
  const into = Buffer.alloc(3)
  clone.read(into, 0)
  expect(into.toString()).toBe('abc')
})
