import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import { gzip } from '../../../protocol/compression/gzip'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const text = Buffer.from(Array.from({ length: 2000 }, (_, n) => `line ${n * 7919}`).join('\n'))

test('the highest level makes less of the same content than the lowest', () => {
  expect(gzip.compress(text, 9).length).toBeLessThan(gzip.compress(text, 1).length)
  expect(gzip.compress(text)).toEqual(gzip.compress(text, -1))
  expect(gunzipSync(gzip.compress(text, 9))).toEqual(text)
})

test('reads members one behind the other as one content', () => {
  const members = [text, Buffer.alloc(0), Buffer.from('end')]
  const compressed = Buffer.concat(members.map(member => gzipSync(member)))
  expect(gzip.decompress(compressed, 100_000)).toEqual(Buffer.concat(members))
})

test('refuses 10 GB in 10 MB as soon as the limit is reached', () => {
  const header = gzipSync(Buffer.alloc(0)).subarray(0, 10)
  const mebibyte = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: constants.Z_FULL_FLUSH })
  const bomb = Buffer.concat([header, ...Array<Buffer>(10_000).fill(mebibyte)])
  expect(() => gzip.decompress(bomb, 1_000_000)).toThrow(MalformedMessage)
})
