import type { HttpBody, HttpListener, HttpRequest, HttpResponse, HttpServer } from '../http'

export interface ReceivedAnswer extends Omit<HttpResponse, 'body'> {
  readonly body: string
}

type Answer = (request: HttpRequest) => Promise<HttpResponse>

const FIRST_FREE_PORT = 1024

/** Listeners that are asked by a call, within this process. */
export class MemoryHttpServer implements HttpServer {
  readonly #answers = new Map<number, Answer>()

  async listen(
    { host, port }: { readonly host: string; readonly port: number },
    answer: Answer,
  ): Promise<HttpListener> {
    const free = () => Math.max(FIRST_FREE_PORT, ...this.#answers.keys()) + 1
    const used = port === 0 ? free() : port
    if (this.#answers.has(used)) {
      throw Object.assign(new Error(`EADDRINUSE: port ${used} is in use`), { code: 'EADDRINUSE' })
    }
    this.#answers.set(used, answer)
    return {
      host,
      port: used,
      close: async () => {
        this.#answers.delete(used)
      },
    }
  }

  /** Asks whoever listens on `port`, and reads the answer to its end. Rejects when nobody does. */
  async request(port: number, path: string, method = 'GET', sent?: HttpBody): Promise<ReceivedAnswer> {
    const answer = this.#answers.get(port)
    if (!answer) throw Object.assign(new Error(`ECONNREFUSED: nobody listens on ${port}`), { code: 'ECONNREFUSED' })
    const { body, ...head } = await answer({ method, path: path.split('?', 1)[0]!, ...(sent && { body: sent }) })
    if (typeof body === 'string') return { ...head, body }
    let text = ''
    for await (const piece of body) text += piece
    return { ...head, body: text }
  }
}
