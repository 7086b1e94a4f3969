import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpBody, HttpListener, HttpRequest, HttpResponse, HttpServer } from '../http'

const CONNECTIONS_MAX = 64
const HEADER_BYTES_MAX = 8192
const HEADERS_MAX = 64
/** For all of a request to arrive. */
const REQUEST_TIMEOUT_MS = 10_000
/** For the client to take something of an answer. */
const SILENCE_MS = 10_000
/** Longer than the usual time between two scrapes. */
const KEEP_ALIVE_MS = 65_000

/** HTTP/1.1. The module is loaded with the first listener. */
export class NodeHttpServer implements HttpServer {
  async listen(
    { host, port }: { readonly host: string; readonly port: number },
    answer: (request: HttpRequest) => Promise<HttpResponse>,
  ): Promise<HttpListener> {
    const { createServer } = await import('node:http')
    const options = {
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    }
    const server = createServer(options, (request, response) => void respond(request, response, answer))
    server.maxConnections = CONNECTIONS_MAX
    server.maxHeadersCount = HEADERS_MAX
    server.setTimeout(SILENCE_MS)
    server.listen({ host, port })
    await once(server, 'listening')
    // A connection that cannot be accepted (no descriptors left) is no reason to end.
    server.on('error', () => {})
    return listenerOf(server)
  }
}

const listenerOf = (server: Server): HttpListener => {
  const { address, port } = server.address() as AddressInfo
  return {
    host: address,
    port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const respond = async (
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<void> => {
  const { method = '', url = '', headers } = request
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  // Nobody has to read a body, so nothing can follow it.
  if (hasBody) response.shouldKeepAlive = false
  const path = url.split('?', 1)[0]!
  try {
    await send(response, method, await answer(hasBody ? { method, path, body: bodyOf(request) } : { method, path }))
  } catch {
    if (!response.headersSent) response.writeHead(500).end()
    else response.destroy()
  }
}

const bodyOf = (request: IncomingMessage): HttpBody => ({
  contentType: request.headers['content-type'] ?? '',
  origin: request.headers.origin ?? null,
  text: async bytesMax => {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > bytesMax) return null
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString()
  },
})

const send = async (response: ServerResponse, method: string, answer: HttpResponse): Promise<void> => {
  const { status, contentType, headers, body } = answer
  const length = typeof body === 'string' ? { 'Content-Length': Buffer.byteLength(body) } : {}
  response.writeHead(status, { 'Content-Type': contentType, ...length, ...headers })
  if (method === 'HEAD') response.end()
  else if (typeof body === 'string') response.end(body)
  else {
    for await (const piece of body) {
      if (response.destroyed) return
      if (!response.write(piece)) await taken(response)
    }
    response.end()
  }
}

/** Resolves when more may be written, or when nobody is there any more. */
const taken = (response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const settle = () => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
    if (response.destroyed) settle()
  })
