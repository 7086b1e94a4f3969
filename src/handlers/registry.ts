import { RequestHeader, ResponseHeader } from '../../protocol/messages/headers'
import { requestHeaderVersion, responseHeaderVersion } from '../../protocol/schema/api'
import { readerOf, writerOf } from '../../protocol/schema/codec'
import { holdsBytes } from '../../protocol/schema/message'
import type { Reader } from '../../protocol/wire/reader'
import type { Writer } from '../../protocol/wire/writer'
import { type AdvertisedApi, apiVersions, type Features } from './api-versions'
import type { Handler } from './handler'

/** One API at one version: its handler and what reads and writes its messages. */
export interface Route {
  readonly handler: Handler
  readonly version: number
  /** Whether a decoded request looks into the bytes that it was decoded from. */
  readonly holdsBytes: boolean
  readonly readHeader: (reader: Reader) => RequestHeader
  readonly readRequest: (reader: Reader) => unknown
  readonly writeHeader: (writer: Writer, header: { readonly correlationId: number }) => void
  readonly writeResponse: (writer: Writer, response: object) => void
}

/**
 * All APIs that this broker serves. ApiVersions belongs to it, since its answer is derived from the list: what is not registered is not
 * advertised.
 */
export class HandlerRegistry {
  /** In the order of the API keys. */
  readonly advertised: readonly AdvertisedApi[]
  readonly #handlers = new Map<number, Handler>()
  /** By API key and version, made when first asked for: compiling every codec would cost start-up time. */
  readonly #routes = new Map<number, Route>()

  /**
   * `wrap` may put something in front of every handler. Throws when two handlers have the same API or one claims versions that its schema
   * does not define.
   */
  constructor(handlers: readonly Handler[], features: () => Features, wrap = (handler: Handler) => handler) {
    for (const handler of [apiVersions(() => this.advertised, features), ...handlers]) this.#add(wrap(handler))
    this.advertised = [...this.#handlers.values()]
      .map(({ api, advertisedFrom, versions }) => ({
        apiKey: api.key,
        minVersion: advertisedFrom,
        maxVersion: versions[1],
      }))
      .sort((a, b) => a.apiKey - b.apiKey)
  }

  handlerOf(apiKey: number): Handler | undefined {
    return this.#handlers.get(apiKey)
  }

  /** Undefined when the API is unknown or not served at this version. */
  route(apiKey: number, version: number): Route | undefined {
    const id = apiKey * 65_536 + version
    const known = this.#routes.get(id)
    if (known) return known
    const handler = this.#handlers.get(apiKey)
    if (!handler || version < handler.versions[0] || version > handler.versions[1]) return undefined
    const route = routeTo(handler, version)
    this.#routes.set(id, route)
    return route
  }

  #add(handler: Handler): void {
    const { api, versions } = handler
    if (this.#handlers.has(api.key)) throw new Error(`two handlers for ${api.name}`)
    const [first, last] = api.versions
    if (versions[0] > versions[1] || versions[0] < first || versions[1] > last) {
      throw new Error(`${api.name} is defined from ${first} to ${last}, not ${versions[0]} to ${versions[1]}`)
    }
    this.#handlers.set(api.key, handler)
  }
}

const routeTo = (handler: Handler, version: number): Route => ({
  handler,
  version,
  holdsBytes: holdsBytes(handler.api.request.fields),
  readHeader: readerOf(RequestHeader, requestHeaderVersion(handler.api, version)),
  readRequest: readerOf(handler.api.request, version),
  writeHeader: writerOf(ResponseHeader, responseHeaderVersion(handler.api, version)),
  writeResponse: writerOf(handler.api.response, version),
})
