import { encodeRequest, encodeResponse, readRequestHeader, readResponseHeader } from '../../protocol/frames'
import { apiByKey } from '../../protocol/messages'
import { Produce } from '../../protocol/messages/00-produce'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import { Reader } from '../../protocol/wire/reader'
import { Writer } from '../../protocol/wire/writer'
import { frameVectors } from '../support/golden-messages'

const FRAME_BYTES_MAX = 1_000_000
const UNKNOWN_VERSION = 127
const known = frameVectors().filter(({ apiKey }) => apiByKey(apiKey) !== undefined)

const bodyOf = (frame: Buffer): Reader => {
  const splitter = new FrameSplitter(FRAME_BYTES_MAX)
  splitter.push(frame)
  const body = splitter.next()!
  expect(body.length).toBe(frame.length - 4)
  return new Reader(body)
}

const hex = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('hex')

describe('frames', () => {
  it('of requests that Kafka wrote are read and written', () => {
    const requests = known.filter(({ direction, version }) => direction === 'request' && version !== UNKNOWN_VERSION)
    expect(requests.length).toBeGreaterThan(250)
    for (const { apiKey, version, correlationId, clientId = null, hex: bytes } of requests) {
      const api = apiByKey(apiKey)!
      const reader = bodyOf(Buffer.from(bytes, 'hex'))
      expect(readRequestHeader(reader, apiByKey)).toEqual({ apiKey, apiVersion: version, correlationId, clientId })
      const request = readerOf(api.request, version)(reader)
      expect(reader.remaining).toBe(0)
      expect(hex(encodeRequest(api, version, { correlationId, clientId }, request))).toBe(bytes)
    }
  })

  it('of responses that Kafka wrote are read and written', () => {
    const responses = known.filter(({ direction }) => direction === 'response')
    expect(responses.length).toBeGreaterThan(250)
    for (const { apiKey, version, correlationId, hex: bytes } of responses) {
      const api = apiByKey(apiKey)!
      const reader = bodyOf(Buffer.from(bytes, 'hex'))
      expect(readResponseHeader(reader, api, version)).toBe(correlationId)
      const response = readerOf(api.response, version)(reader)
      expect(reader.remaining).toBe(0)
      expect(hex(encodeResponse(api, version, correlationId, response))).toBe(bytes)
    }
  })

  it('of an ApiVersions request in an unknown version have a header that can be read', () => {
    const { hex: bytes, correlationId, clientId } = known.find(({ version }) => version === UNKNOWN_VERSION)!
    const header = readRequestHeader(bodyOf(Buffer.from(bytes, 'hex')), apiByKey)
    expect(header).toEqual({ apiKey: ApiVersions.key, apiVersion: UNKNOWN_VERSION, correlationId, clientId })
  })

  it('carry large records without copying them', () => {
    const records = Buffer.alloc(5000, 7)
    const chunks = encodeRequest(
      Produce,
      9,
      { correlationId: 1, clientId: null },
      { acks: 1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
    )
    expect(chunks).toContain(records)
    const reader = bodyOf(Buffer.concat(chunks))
    readRequestHeader(reader, apiByKey)
    expect(readerOf(Produce.request, 9)(reader).topicData[0]!.partitionData[0]!.records).toEqual(records)
  })

  it('of an API without definition are refused, since nobody can tell what follows', () => {
    const writer = new Writer()
    writer.int16(52)
    writer.int16(0)
    writer.int32(1)
    expect(() => readRequestHeader(new Reader(Buffer.concat(writer.finish())), apiByKey)).toThrow(MalformedMessage)
  })

  it('that end inside the header are refused', () => {
    const [frame] = encodeRequest(ApiVersions, 3, { correlationId: 1, clientId: 'client' }, {})
    const header = new Writer()
    writerOf(ApiVersions.request, 3)(header, {})
    const headerEnd = frame!.length - header.size
    for (let end = 4; end < headerEnd; end++) {
      expect(() => readRequestHeader(new Reader(frame!, 4, end), apiByKey)).toThrow(MalformedMessage)
    }
  })
})
