import { brokerConfigOf } from '../../src/config/broker-config'
import { httpAddresses, refuseHttpListeners } from '../../src/config/http-listeners'
import { loadStaticConfig } from '../../src/config/static-config'

const addressesOf = (text: string) => httpAddresses(brokerConfigOf({ 'http.listeners': text }).httpListeners)

test.each([
  ['127.0.0.1:9464', [{ host: '127.0.0.1', port: 9464 }]],
  [':0', [{ host: '', port: 0 }]],
  [
    '[::1]:9464, broker-1.example:80',
    [
      { host: '::1', port: 9464 },
      { host: 'broker-1.example', port: 80 },
    ],
  ],
  ['http://0.0.0.0:9464/', [{ host: '0.0.0.0', port: 9464 }]],
  ['', []],
])('%j is understood', (text, expected) => {
  expect(addressesOf(text)).toEqual(expected)
})

test.each(['9464', 'localhost', 'localhost:65536', '::1:9464', 'https://localhost:1', 'a b:1', ':', 'localhost:-1'])(
  '%j is refused',
  text => {
    expect(refuseHttpListeners([text])).toMatch(`${text} is not of the form host:port`)
    expect(() => loadStaticConfig({ options: { 'http.listeners': text } })).toThrow('http.listeners')
  },
)

test('without the setting the broker answers on the loopback only', () => {
  expect(httpAddresses(brokerConfigOf().httpListeners)).toEqual([{ host: '127.0.0.1', port: 9464 }])
})
