import { KeyHash } from '../../../src/log/cleaner/key-hash'

const COUNTING = Buffer.from(Array.from({ length: 64 }, (_, n) => n))

const hashOf = (bytes: Buffer, secret = COUNTING.subarray(0, 16)): string => {
  const hash = new KeyHash(secret)
  hash.hash(bytes, 0, bytes.length)
  return Buffer.from(hash.words.buffer).toString('hex')
}

/** Of the reference implementation, for inputs of the bytes 0, 1, 2 ... */
test.each([
  [0, 'a3817f04ba25a8e66df67214c7550293'],
  [1, 'da87c1d86b99af44347659119b22fc45'],
])('%i bytes have the published hash', (length, expected) => {
  expect(hashOf(COUNTING.subarray(0, length))).toBe(expected)
})

test('only the bytes named are hashed', () => {
  const hash = new KeyHash(COUNTING.subarray(0, 16))
  hash.hash(COUNTING, 5, 20)
  expect(Buffer.from(hash.words.buffer).toString('hex')).toBe(hashOf(COUNTING.subarray(5, 25)))
})

test('inputs of all lengths and under different secrets have different hashes', () => {
  const inputs = Array.from(COUNTING.keys(), length => COUNTING.subarray(0, length))
  const secrets = [COUNTING.subarray(0, 16), COUNTING.subarray(1, 17)]
  const hashes = secrets.flatMap(secret => inputs.map(input => hashOf(input, secret)))
  expect(new Set(hashes).size).toBe(inputs.length * secrets.length)
})

test('a secret of another length is refused', () => {
  expect(() => new KeyHash(Buffer.alloc(15))).toThrow(RangeError)
})
