import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { SaslAuthenticate } from '../../protocol/messages/36-sasl-authenticate'
import { Writer } from '../../protocol/wire/writer'
import { handler } from '../../src/handlers/handler'
import { HandlerRegistry } from '../../src/handlers/registry'
import { echo } from '../support/network-harness'

const registryOf = (...handlers: ReturnType<typeof echo>[]) =>
  new HandlerRegistry(handlers, () => ({ supported: [], finalized: [], finalizedEpoch: -1 }))

test('there is a route for each version served, and for no other', () => {
  const registry = registryOf(echo({ versions: [1, 2] }))
  expect(registry.route(SaslAuthenticate.key, 1)?.version).toBe(1)
  expect(registry.route(SaslAuthenticate.key, 2)?.version).toBe(2)
  expect(registry.route(SaslAuthenticate.key, 0)).toBeUndefined()
  expect(registry.route(SaslAuthenticate.key, 3)).toBeUndefined()
  expect(registry.route(SaslAuthenticate.key, -1)).toBeUndefined()
})

test('a route is made once', () => {
  const registry = registryOf(echo())
  expect(registry.route(SaslAuthenticate.key, 1)).toBe(registry.route(SaslAuthenticate.key, 1))
})

test('the version of a header follows from the version of the API', () => {
  const registry = registryOf(echo())
  const headerOf = (version: number): string => {
    const writer = new Writer()
    registry.route(SaslAuthenticate.key, version)!.writeHeader(writer, { correlationId: 7 })
    return Buffer.concat(writer.finish()).toString('hex')
  }
  expect([headerOf(1), headerOf(2)]).toEqual(['00000007', '0000000700'])
})

test('ApiVersions is always there', () => {
  const registry = registryOf()
  expect(registry.handlerOf(ApiVersions.key)).toBeDefined()
  expect(registry.advertised).toEqual([{ apiKey: ApiVersions.key, minVersion: 0, maxVersion: 4 }])
})

test('a handler that claims versions beyond its schema stops the start', () => {
  expect(() => registryOf(echo({ versions: [0, 3] }))).toThrow('SaslAuthenticate')
  expect(() => registryOf(echo({ versions: [2, 1] }))).toThrow('SaslAuthenticate')
})

test('two handlers of one API stop the start', () => {
  expect(() => registryOf(echo(), echo())).toThrow('two handlers for SaslAuthenticate')
})

test('a handler has no barrier and advertises what it serves, unless it says otherwise', () => {
  const plain = handler(SaslAuthenticate, { versions: [1, 2] }, () => null)
  expect(plain).toMatchObject({ advertisedFrom: 1, barrier: false, answerToUnknownVersion: null })
  const request = { authBytes: Buffer.alloc(0) }
  expect(plain.errorResponse(1, null, request)).toBeNull()
  expect(echo({ barrier: true, advertisedFrom: 0 })).toMatchObject({ advertisedFrom: 0, barrier: true })
})
