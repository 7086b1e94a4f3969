import { addressText } from '../../src/io/address'

test('an address of IPv6 stands in brackets before its port', () => {
  expect([addressText('127.0.0.1', 9092), addressText('::1', '9092')]).toEqual(['127.0.0.1:9092', '[::1]:9092'])
})
