/**
 * Faults over HTTP, for tests of applications in other processes and languages. `POST /faults` adds the one in its body, `GET /faults` lists
 * them with how often they have happened, `DELETE /faults/ID` removes one and `DELETE /faults` all.
 */
import { FaultError, type FaultOptions } from '../../faults/fault-options'
import type { FaultHandle, Faults } from '../../faults/faults'
import type { HttpRequest, HttpResponse } from '../../io/http'
import { type HttpRoute, plainText, READING } from './http-router'

const BODY_BYTES_MAX = 16 * 1024
const PATH = '/faults'

/** `faults`: those of the broker, null until it has any. */
export const faultRoutes = (faults: () => Faults | null): HttpRoute[] => {
  const withFaults =
    (answer: (faults: Faults, request: HttpRequest) => HttpResponse | Promise<HttpResponse>) =>
    (request: HttpRequest) => {
      const present = faults()
      return present ? answer(present, request) : plainText(503, 'the broker is not ready')
    }
  return [
    { methods: [...READING, 'POST', 'DELETE'], path: PATH, answer: withFaults(answerForAll) },
    { methods: ['DELETE'], path: `${PATH}/`, answer: withFaults(removeOne) },
  ]
}

const answerForAll = (faults: Faults, request: HttpRequest): HttpResponse | Promise<HttpResponse> => {
  if (request.method === 'POST') return add(faults, request)
  if (request.method === 'DELETE') faults.clear()
  return json(200, faults.list().map(described))
}

const removeOne = (faults: Faults, { path }: HttpRequest): HttpResponse => {
  const id = path.slice(PATH.length + 1)
  const fault = faults.list().find(candidate => String(candidate.id) === id)
  if (!fault) return plainText(404, `there is no fault ${id}`)
  fault.remove()
  return json(200, described(fault))
}

const add = async (faults: Faults, { body }: HttpRequest): Promise<HttpResponse> => {
  // Pages of websites reach whatever the machine of their reader reaches.
  if (body && body.origin !== null) return plainText(403, 'pages of websites may not add faults')
  if (!body || !/^application\/json\b/i.test(body.contentType)) {
    return plainText(415, 'a fault is sent as application/json')
  }
  const text = await body.text(BODY_BYTES_MAX)
  if (text === null) return plainText(413, `a fault has ${BODY_BYTES_MAX} bytes at most`)
  try {
    return json(201, described(faults.add(JSON.parse(text) as FaultOptions)))
  } catch (error) {
    if (error instanceof FaultError) return plainText(400, error.message)
    if (error instanceof SyntaxError) return plainText(400, `this is not JSON: ${error.message}`)
    throw error
  }
}

const described = ({ id, hits, options }: FaultHandle): object => ({ id, hits, ...options })

const json = (status: number, value: unknown): HttpResponse => ({
  status,
  contentType: 'application/json',
  headers: { 'Cache-Control': 'no-store' },
  body: `${JSON.stringify(value)}\n`,
})
