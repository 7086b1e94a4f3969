import { RequestHeader } from '../../protocol/messages/headers'
import { requestHeaderVersion } from '../../protocol/schema/api'
import { readerOf } from '../../protocol/schema/codec'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import { Reader } from '../../protocol/wire/reader'
import type { HandlerRegistry } from '../handlers/registry'
import { PendingRequest, type RequestOwner } from './pending-request'

/** Why a connection has to be closed. `reason` is one of few fixed words, `detail` a sentence with what was seen. */
export interface Refusal {
  readonly reason: string
  readonly detail: string
  /** An exception that should not be: a mistake of ours, not of the client. */
  readonly error?: unknown
}

const MALFORMED = 'malformed request'
/** API key and API version, which say what follows. */
const ADDRESS_BYTES = 4

/** Whether parts of the request in `frame` may be kept, so that it needs memory of its own. */
export const keepsBytes = (frame: Buffer, registry: HandlerRegistry): boolean => {
  if (frame.length < ADDRESS_BYTES) return false
  const route = registry.route(apiKeyOf(frame), versionOf(frame))
  return !!route?.holdsBytes && !route.handler.borrowsRequests
}

const apiKeyOf = (frame: Buffer): number => frame.readInt16BE(0)
const versionOf = (frame: Buffer): number => frame.readInt16BE(2)

/**
 * Reads header and body of one request. As in Kafka, a client that sends what cannot be understood is not answered but disconnected: an
 * API or a version that is not served (except where the handler has an answer to that), a header or a body that does not decode. Bytes
 * behind the body are ignored.
 */
export const readRequest = (
  frame: Buffer,
  connection: RequestOwner,
  registry: HandlerRegistry,
  receivedAt: number,
): PendingRequest | Refusal => {
  const { length } = frame
  if (length < ADDRESS_BYTES) return { reason: MALFORMED, detail: 'the header of a request is cut off' }
  const apiKey = apiKeyOf(frame)
  const version = versionOf(frame)
  const handler = registry.handlerOf(apiKey)
  if (!handler) return { reason: 'unknown api', detail: `the API key ${apiKey} is not served` }
  try {
    const route = registry.route(apiKey, version)
    if (!route && !handler.answerToUnknownVersion) {
      return { reason: 'unsupported version', detail: `version ${version} of ${handler.api.name} is not served` }
    }
    const reader = new Reader(frame)
    const header = (route?.readHeader ?? readerOf(RequestHeader, requestHeaderVersion(handler.api, version)))(reader)
    if (route) return new PendingRequest(connection, route, length, header, receivedAt, route.readRequest(reader))
    const answering = registry.route(apiKey, handler.versions[0])!
    const request = new PendingRequest(connection, answering, length, header, receivedAt, null)
    request.answerWith(handler.answerToUnknownVersion!())
    return request
  } catch (error) {
    return refusalOf(error, MALFORMED, `${handler.api.name} version ${version}: `)
  }
}

/** Why decoding failed: bytes that are not what they should be, or else a mistake of ours. */
export const refusalOf = (error: unknown, reason: string, subject = ''): Refusal => {
  const detail = subject + (error instanceof Error ? error.message : String(error))
  return error instanceof MalformedMessage ? { reason, detail } : { reason: 'broken decoder', detail, error }
}
