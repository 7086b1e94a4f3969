/** What a browser, a probe or a scraper asks. */
export interface HttpRequest {
  /** In capitals. */
  readonly method: string
  /** As it was sent, without the query. */
  readonly path: string
  /** What came with it, if anything. It is not read unless it is asked for. */
  readonly body?: HttpBody
}

export interface HttpBody {
  /** As the client says; empty when it does not. */
  readonly contentType: string
  /** The website whose page made a browser send it; null when it was no browser. */
  readonly origin: string | null
  /** All of it; null when it has more than `bytesMax` bytes. */
  text(bytesMax: number): Promise<string | null>
}

export interface HttpResponse {
  readonly status: number
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
  /** In pieces, each asked for when those before it have been taken; given up when the client is gone. */
  readonly body: string | AsyncIterable<string>
}

/** Answers small requests of people and machines that watch a broker. `io/node` speaks HTTP/1.1. */
export interface HttpServer {
  /**
   * Listens on `host`:`port` (0 picks a free port). Rejects with an Error whose `code` is the system's (EADDRINUSE ...). The adapter bounds
   * connections, headers and the time of a request. When `answer` rejects, the client is told of a failure (500) and nothing else.
   */
  listen(
    options: { readonly host: string; readonly port: number },
    answer: (request: HttpRequest) => Promise<HttpResponse>,
  ): Promise<HttpListener>
}

export interface HttpListener {
  readonly host: string
  /** The port in use, also when 0 was asked for. */
  readonly port: number
  /** Stops listening and breaks off all connections. */
  close(): Promise<void>
}
