import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import type { Features } from '../../src/handlers/api-versions'
import { type Handler, handler } from '../../src/handlers/handler'
import { echo, NetworkHarness } from '../support/network-harness'
import type { TestClient } from '../support/test-client'

const FEATURES: Features = {
  supported: [
    { name: 'group.version', minVersion: 0, maxVersion: 1 },
    { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
  ],
  finalized: [{ name: 'metadata.version', level: 30 }],
  finalizedEpoch: 12,
}

const CLIENT = { clientSoftwareName: 'apache-kafka-java', clientSoftwareVersion: '4.3.1' }

/** Produce as it is: librdkafka looks for version 0, although it never uses it. */
const produce: Handler = handler(Produce, { versions: [3, 13], advertisedFrom: 0 }, () => null)

let harness: NetworkHarness
let client: TestClient

beforeEach(async () => {
  harness = await NetworkHarness.start({ handlers: [echo(), produce], features: FEATURES })
  client = await harness.connect()
})

afterEach(() => harness.close())

const ask = (version: number, request: object = CLIENT) => harness.until(client.send(ApiVersions, version, request))

test.each([0, 1, 2, 3, 4])('version %i names the registered APIs in order, and itself', async version => {
  const response = await ask(version)
  expect(response.errorCode).toBe(ErrorCode.NONE)
  expect(response.apiKeys).toEqual([
    { apiKey: 0, minVersion: 0, maxVersion: 13 },
    { apiKey: 18, minVersion: 0, maxVersion: 4 },
    { apiKey: 36, minVersion: 0, maxVersion: 2 },
  ])
})

test('a version that is advertised without being served closes the connection', async () => {
  client.sendFrame(Buffer.from([0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff]))
  await harness.until(client.closed)
  expect(harness.warnings).toEqual(['unsupported version'])
})

test('features are reported from version 3 on', async () => {
  expect(await ask(2)).toMatchObject({ supportedFeatures: [], finalizedFeatures: [], finalizedFeaturesEpoch: -1 })
  expect(await ask(4)).toMatchObject({
    supportedFeatures: FEATURES.supported,
    finalizedFeatures: [{ name: 'metadata.version', minVersionLevel: 30, maxVersionLevel: 30 }],
    finalizedFeaturesEpoch: 12,
  })
})

test('features that begin at level 0 are kept from clients of version 3, which cannot read them', async () => {
  expect(await ask(3)).toMatchObject({
    supportedFeatures: [{ name: 'metadata.version', minVersion: 7, maxVersion: 30 }],
    finalizedFeatures: [{ name: 'metadata.version' }],
  })
})

test('the software of the client is remembered for the connection', async () => {
  await ask(3)
  await ask(0)
  const seen: string[] = []
  const other = handler(Produce, { versions: [3, 13] }, (_, { connection }) => {
    seen.push(connection.clientSoftwareName, connection.clientSoftwareVersion)
    return null
  })
  await harness.close()
  harness = await NetworkHarness.start({ handlers: [other] })
  client = await harness.connect()
  await ask(4)
  client.sendUnanswered(Produce, 13, {})
  await harness.settle()
  expect(seen).toEqual(['apache-kafka-java', '4.3.1'])
})

test.each([
  ['', '1.0'],
  ['kit', ''],
  ['-kit', '1.0'],
  ['kit.', '1.0'],
  ['my kit', '1.0'],
  ['kit', '1.0\n'],
  ['кит', '1.0'],
])('a software %j in version %j is an invalid request, and the client may try again', async (name, version) => {
  const response = await ask(3, { clientSoftwareName: name, clientSoftwareVersion: version })
  expect(response).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [], supportedFeatures: [] })
  expect((await ask(3)).errorCode).toBe(ErrorCode.NONE)
})

test.each(['a', '7', 'kafka-python', 'a.b-c.d', 'A1'])('%s is a good name of a software', async name => {
  expect((await ask(3, { clientSoftwareName: name, clientSoftwareVersion: name })).errorCode).toBe(ErrorCode.NONE)
})

test('before version 3 the client says nothing of itself, and nothing is checked', async () => {
  expect((await ask(2, {})).errorCode).toBe(ErrorCode.NONE)
})
