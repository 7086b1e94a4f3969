import { ApiKey } from '../../protocol/api-keys'
import { apiByKey } from '../../protocol/messages'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import type { Api } from '../../protocol/schema/api'
import { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start()
})

afterAll(() => broker.close())

/** With acks 0, which is the default, Produce expects no answer. */
const requestTo = (api: Api): object => (api.key === ApiKey.Produce ? { acks: 1 } : {})

test('every API that is advertised answers a request with nothing in it, at every version', async () => {
  const { apiKeys } = await broker.ask(ApiVersions, 0, {})
  expect(apiKeys.length).toBeGreaterThan(20)
  const closed: string[] = []
  for (const { apiKey, minVersion, maxVersion } of apiKeys) {
    const api = apiByKey(apiKey)!
    for (let version = Math.max(minVersion, api.versions[0]); version <= maxVersion; version++) {
      if ((await broker.askAlone(api, version, requestTo(api))) === 'closed') closed.push(`${api.name} ${version}`)
    }
  }
  expect(closed).toEqual([])
})

test('what is advertised begins and ends where the messages do', async () => {
  const { apiKeys } = await broker.ask(ApiVersions, 0, {})
  const different = apiKeys.filter(({ apiKey, minVersion, maxVersion }) => {
    const [first, last] = apiByKey(apiKey)!.versions
    return (minVersion !== first && minVersion !== 0) || maxVersion !== last
  })
  expect(different).toEqual([])
})
