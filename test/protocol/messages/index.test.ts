import { apiByKey, apis } from '../../../protocol/messages'
import { requestHeaderVersion, responseHeaderVersion } from '../../../protocol/schema/api'
import { parseVersions, type Versions } from '../../../protocol/schema/versions'
import { goldenDefinitions } from '../../support/golden-messages'

/** What only the controllers of KRaft send to each other. */
const NOT_DEFINED = [
  'Vote',
  'BeginQuorumEpoch',
  'EndQuorumEpoch',
  'Envelope',
  'FetchSnapshot',
  'AddRaftVoter',
  'RemoveRaftVoter',
  'UpdateRaftVoter',
]

describe('the table of APIs', () => {
  it('has every API of Kafka that has versions, save those among controllers, in the order of the keys', () => {
    const expected = goldenDefinitions()
      .apis.filter(({ name, validVersions }) => validVersions !== 'none' && !NOT_DEFINED.includes(name))
      .map(({ key, name, validVersions, latestVersionUnstable }) => {
        const [first, last] = parseVersions(validVersions as Versions)
        return { key, name, versions: [first, latestVersionUnstable ? last - 1 : last] }
      })
    expect(apis.map(({ key, name, versions }) => ({ key, name, versions }))).toEqual(expected)
  })

  it('finds an API by its key and knows no others', () => {
    for (const api of apis) expect(apiByKey(api.key)).toBe(api)
    expect(apiByKey(52)).toBeUndefined()
    expect(apiByKey(-1)).toBeUndefined()
  })

  it('has a request and a response with the same versions for each API', () => {
    for (const { name, request, response } of apis) {
      expect(request.name).toBe(`${name}Request`)
      expect(response.name).toBe(`${name}Response`)
      expect(response.versions).toBe(request.versions)
      expect(response.flexibleVersions).toBe(request.flexibleVersions)
    }
  })

  it('puts the headers in front of each version that Kafka puts there', () => {
    const known = goldenDefinitions().headerVersions.filter(({ apiKey }) => apiByKey(apiKey) !== undefined)
    expect(new Set(known.map(({ apiKey }) => apiKey)).size).toBe(apis.length)
    for (const expected of known) {
      const api = apiByKey(expected.apiKey)!
      expect(requestHeaderVersion(api, expected.version)).toBe(expected.requestHeaderVersion)
      expect(responseHeaderVersion(api, expected.version)).toBe(expected.responseHeaderVersion)
    }
  })
})
