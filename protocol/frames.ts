import { RequestHeader, ResponseHeader } from './messages/headers'
import { type Api, requestHeaderVersion, responseHeaderVersion } from './schema/api'
import { readerOf, writerOf } from './schema/codec'
import type { InputOf, MessageDefinition } from './schema/message'
import { MalformedMessage } from './wire/malformed-message'
import type { Reader } from './wire/reader'
import { Writer } from './wire/writer'

/** What stands in front of every request. */
export interface RequestOrigin {
  /** Comes back in the response. */
  readonly correlationId: number
  readonly clientId: string | null
}

export interface AddressedRequest extends RequestOrigin {
  readonly apiKey: number
  readonly apiVersion: number
}

/**
 * Reads the header of a request, whose version follows from API and version of the request, also where that version is unknown. `apiOf`
 * finds an API by its key (`apiByKey`, or what a server serves). Throws MalformedMessage when the header is cut off or there is no such
 * API: then nobody can tell what follows.
 */
export const readRequestHeader = (reader: Reader, apiOf: (key: number) => Api | undefined): AddressedRequest => {
  const start = reader.position
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const api = apiOf(apiKey)
  if (api === undefined) throw new MalformedMessage(`a request with the unknown API key ${apiKey}`)
  reader.position = start
  const { correlationId, clientId } = readerOf(RequestHeader, requestHeaderVersion(api, apiVersion))(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}

/** Reads the header of the response to a request of `api` in `version` and returns the correlation id. */
export const readResponseHeader = (reader: Reader, api: Api, version: number): number =>
  readerOf(ResponseHeader, responseHeaderVersion(api, version))(reader).correlationId

/** A whole frame: size, header, request. */
export const encodeRequest = <Request extends MessageDefinition>(
  api: Api<Request>,
  version: number,
  { correlationId, clientId }: RequestOrigin,
  request: InputOf<Request>,
): Buffer[] =>
  encodeFrame(writer => {
    const header = { requestApiKey: api.key, requestApiVersion: version, correlationId, clientId }
    writerOf(RequestHeader, requestHeaderVersion(api, version))(writer, header)
    writerOf(api.request, version)(writer, request)
  })

/** A whole frame: size, header, response. */
export const encodeResponse = <Response extends MessageDefinition>(
  api: Api<MessageDefinition, Response>,
  version: number,
  correlationId: number,
  response: InputOf<Response>,
): Buffer[] =>
  encodeFrame(writer => {
    writerOf(ResponseHeader, responseHeaderVersion(api, version))(writer, { correlationId })
    writerOf(api.response, version)(writer, response)
  })

const encodeFrame = (write: (writer: Writer) => void): Buffer[] => {
  const writer = new Writer()
  writer.startFrame()
  write(writer)
  writer.endFrame()
  return writer.finish()
}
