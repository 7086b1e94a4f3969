import type { HttpRequest, HttpResponse } from '../../io/http'

export interface HttpRoute {
  readonly methods: readonly string[]
  /** Compared as it is; one that ends in a slash stands for all below it. */
  readonly path: string
  readonly answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>
}

/** The methods by which something is looked at. */
export const READING: readonly string[] = ['GET', 'HEAD']

export const plainText = (status: number, text: string): HttpResponse => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'Cache-Control': 'no-store' },
  body: `${text}\n`,
})

/** Finds the route of a request; what is not there is answered with 404, another method with 405. */
export class HttpRouter {
  readonly #routes: ReadonlyMap<string, HttpRoute>

  constructor(routes: readonly HttpRoute[]) {
    this.#routes = new Map(routes.map(route => [route.path, route]))
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const { path } = request
    const route = this.#routes.get(path) ?? this.#routes.get(path.slice(0, path.lastIndexOf('/') + 1))
    if (!route) return plainText(404, `not found; there is ${[...this.#routes.keys()].join(', ')}`)
    if (route.methods.includes(request.method)) return route.answer(request)
    return { ...plainText(405, 'method not allowed'), headers: { Allow: route.methods.join(', ') } }
  }
}
