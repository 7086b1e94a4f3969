import { Produce } from '../../../protocol/messages/00-produce'
import { Heartbeat } from '../../../protocol/messages/12-heartbeat'
import { SaslHandshake } from '../../../protocol/messages/17-sasl-handshake'
import { ApiVersions } from '../../../protocol/messages/18-api-versions'
import { InitProducerId, InitProducerIdRequest } from '../../../protocol/messages/22-init-producer-id'
import { requestHeaderVersion, responseHeaderVersion } from '../../../protocol/schema/api'

describe('an API', () => {
  it('has the versions of its messages', () => {
    expect([Produce.key, Produce.name, Produce.versions]).toEqual([0, 'Produce', [3, 13]])
  })

  it('does not count a last version that is not stable', () => {
    expect(InitProducerIdRequest.versions).toBe('0-6')
    expect(InitProducerId.versions).toEqual([0, 5])
  })

  it('has headers with tagged fields in flexible versions', () => {
    const headers = (version: number) => [
      requestHeaderVersion(Heartbeat, version),
      responseHeaderVersion(Heartbeat, version),
    ]
    expect([headers(3), headers(4)]).toEqual([
      [1, 0],
      [2, 1],
    ])
    expect(requestHeaderVersion(SaslHandshake, 1)).toBe(1)
  })

  it('answers ApiVersions with the oldest header, whatever was asked, and reads the request of any version', () => {
    expect([0, 3, 4, 127].map(version => responseHeaderVersion(ApiVersions, version))).toEqual([0, 0, 0, 0])
    expect([0, 3, 4, 127].map(version => requestHeaderVersion(ApiVersions, version))).toEqual([1, 2, 2, 2])
  })
})
