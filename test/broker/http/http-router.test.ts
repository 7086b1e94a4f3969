import { HttpRouter, plainText, READING } from '../../../src/broker/http/http-router'

const router = new HttpRouter([
  { methods: READING, path: '/health', answer: () => plainText(200, 'well') },
  { methods: ['POST'], path: '/change', answer: async () => plainText(202, 'changed') },
])

test.each([
  ['GET', '/health', 200, 'well\n'],
  ['HEAD', '/health', 200, 'well\n'],
  ['POST', '/change', 202, 'changed\n'],
  ['POST', '/health', 405, 'method not allowed\n'],
  ['GET', '/change', 405, 'method not allowed\n'],
  ['GET', '/', 404, 'not found; there is /health, /change\n'],
  ['GET', '/health/', 404, 'not found; there is /health, /change\n'],
  ['GET', '/__proto__', 404, 'not found; there is /health, /change\n'],
])('%s %s is answered with %d', async (method, path, status, body) => {
  expect(await router.answer({ method, path })).toMatchObject({ status, body })
})

test('another method is told which there are', async () => {
  expect((await router.answer({ method: 'PUT', path: '/health' })).headers).toEqual({ Allow: 'GET, HEAD' })
})
