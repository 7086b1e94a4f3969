import { zstd } from '../../../protocol/compression/zstd'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const text = Buffer.from(Array.from({ length: 3000 }, (_, n) => `line ${n * 7919}`).join('\n'))

test.each([-131_072, -7, -1, 0, 1, 3, 10, 22])('gives back what it compressed at level %i', level => {
  // High levels split blocks, and where the library knows no limit each of them counts as full: the limit is generous.
  expect(zstd.decompress(zstd.compress(text, level), 100 * text.length).equals(text)).toBe(true)
})

test('a high level makes less of the same content than a low one, and 3 is the one when none is given', () => {
  expect(zstd.compress(text, 19).length).toBeLessThan(zstd.compress(text, -100).length)
  expect(zstd.compress(text)).toEqual(zstd.compress(text, 3))
})

test('reads a frame that states no size, as the Java client streams it, and one of repeated bytes', () => {
  const raw = Buffer.from('28b52ffd0050' + '190000' + '616263', 'hex')
  expect(zstd.decompress(raw, 3).toString()).toBe('abc')
  const repeated = Buffer.from('28b52ffd0050' + '230000' + '78', 'hex')
  expect(zstd.decompress(repeated, 4).toString()).toBe('xxxx')
})

test('refuses a frame whose content is not of the stated size', () => {
  const sized = Buffer.from('28b52ffd2004' + '190000' + '616263', 'hex')
  expect(() => zstd.decompress(sized, 100)).toThrow(MalformedMessage)
})

test('refuses 13 GB of repeated bytes in 400 KB as soon as the limit is reached', () => {
  const header = Buffer.from('28b52ffd0050', 'hex')
  const blocks = Buffer.alloc(4 * 100_000)
  for (let at = 0; at < blocks.length; at += 4) blocks.writeUIntLE((131_072 << 3) | 2, at, 3)
  blocks[blocks.length - 4]! |= 1
  expect(() => zstd.decompress(Buffer.concat([header, blocks]), 10_000_000)).toThrow(MalformedMessage)
})

test('refuses compressed blocks that give more than allowed', () => {
  const bomb = zstd.compress(Buffer.alloc(100_000_000))
  expect(bomb.length).toBeLessThan(20_000)
  expect(() => zstd.decompress(bomb, 1_000_000)).toThrow(MalformedMessage)
})
