import { javaHash } from '../../src/coordinator/java-hash'

test.each([
  ['', 0],
  ['a', 97],
  ['group', 98629247],
  ['polygenelubricants', -2147483648],
  ['größe', 98762257],
  ['😀', 1772899],
])('the hash of %j is that of Java', (text, hash) => {
  expect(javaHash(text)).toBe(hash)
})
