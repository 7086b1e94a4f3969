import { loadSettings } from '../../src/cli/broker-settings'

const listenersOf = (http: string | undefined, set: readonly string[] = []) =>
  loadSettings({ ...(http !== undefined && { http }), set }).config.httpListeners

test('a port for metrics and health is one of the loopback, unless it comes with an address', () => {
  expect(listenersOf('9999')).toEqual(['127.0.0.1:9999'])
  expect(listenersOf('0.0.0.0:9999')).toEqual(['0.0.0.0:9999'])
  expect(listenersOf('[::1]:9999')).toEqual(['[::1]:9999'])
})

test('without one the setting counts, and the option counts more', () => {
  expect(listenersOf(undefined)).toEqual(['127.0.0.1:9464'])
  expect(listenersOf(undefined, ['http.listeners='])).toEqual([])
  expect(listenersOf('9999', ['http.listeners='])).toEqual(['127.0.0.1:9999'])
})

test('what is no port is refused with the form that is', () => {
  expect(() => listenersOf('metrics')).toThrow('127.0.0.1:metrics is not of the form host:port')
})
