import { once } from 'node:events'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import type { HttpListener, HttpRequest, HttpResponse } from '../../../src/io/http'
import { NodeHttpServer } from '../../../src/io/node/node-http-server'
import { eventually } from '../../support/eventually'

let listener: HttpListener
let asked: HttpRequest[]
afterEach(() => listener.close())

const serve = async (answer: (request: HttpRequest) => Promise<HttpResponse>) => {
  asked = []
  listener = await new NodeHttpServer().listen({ host: '127.0.0.1', port: 0 }, request => {
    asked.push(request)
    return answer(request)
  })
  return `http://127.0.0.1:${listener.port}`
}

const plain = (body: HttpResponse['body']): HttpResponse => ({ status: 200, contentType: 'text/plain', body })

/** What comes back for bytes that no client would send. */
const answerTo = async (bytes: string): Promise<string> => {
  const socket = net.connect(listener.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return text(socket).catch(() => '')
}

test('a request is passed on without its query, and answered with what is said', async () => {
  const url = await serve(async () => ({ ...plain('fine'), status: 418, headers: { 'X-Pot': 'tea' } }))
  const response = await fetch(`${url}/path?secret=1`)
  expect([response.status, response.headers.get('x-pot'), await response.text()]).toEqual([418, 'tea', 'fine'])
  expect(asked).toEqual([{ method: 'GET', path: '/path' }])
})

test('HEAD gets the head alone', async () => {
  const url = await serve(async () => plain('fine'))
  const response = await fetch(url, { method: 'HEAD' })
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '4', ''])
})

test('an answer in pieces arrives whole', async () => {
  async function* pieces() {
    for (let piece = 0; piece < 100; piece++) yield String(piece % 10).repeat(50_000)
  }
  const url = await serve(async () => plain(pieces()))
  const received = await (await fetch(url)).text()
  expect(received).toHaveLength(5_000_000)
  expect(received).toBe(Array.from({ length: 100 }, (_, piece) => String(piece % 10).repeat(50_000)).join(''))
})

test('an answer is given up when its client is gone', async () => {
  let ended = false
  async function* endless() {
    try {
      for (;;) yield 'x'.repeat(65_536)
    } finally {
      ended = true
    }
  }
  await serve(async () => plain(endless()))
  const socket = net.connect(listener.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await eventually(() => ended)
})

test('what fails is told without a reason, and cut off when it had begun', async () => {
  const url = await serve(async () => {
    throw new Error('secret')
  })
  const response = await fetch(url)
  expect([response.status, await response.text()]).toEqual([500, ''])
  await listener.close()
  async function* broken() {
    yield 'x'.repeat(100_000)
    throw new Error('secret')
  }
  const other = await serve(async () => plain(broken()))
  await expect(fetch(other).then(begun => begun.text())).rejects.toThrow()
})

test('a connection ends after a request with a body, which nobody has read', async () => {
  await serve(async () => plain('fine'))
  const received = await answerTo('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')
  expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  expect(received).toMatch('\r\nConnection: close\r\n')
  expect(received).toMatch(/fine$/)
})

test.each([
  ['garbage', '\x00\x01\x02\r\n\r\n', 400],
  ['a header without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
])('%s is refused and nobody is asked', async (_, bytes, status) => {
  await serve(async () => plain('fine'))
  expect(await answerTo(bytes)).toMatch(`HTTP/1.1 ${status} `)
  expect(asked).toEqual([])
})

test('a port that is taken is refused with the code of the system', async () => {
  await serve(async () => plain('fine'))
  const again = new NodeHttpServer().listen({ host: '127.0.0.1', port: listener.port }, async () => plain(''))
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('a close breaks off connections that are idle or in the middle of something', async () => {
  const url = await serve(() => new Promise(() => {}))
  const waiting = fetch(url).catch(() => 'broken off')
  await eventually(() => asked.length === 1)
  await listener.close()
  expect(await waiting).toBe('broken off')
})

test('what comes with a request is read by who asks for it, up to a limit', async () => {
  const url = await serve(async ({ body }) => plain(`${body?.contentType} ${body?.origin}: ${await body?.text(10)}`))
  const ask = async (body: string) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/x', origin: 'http://a' },
      body,
    })
    return response.text()
  }
  expect(await ask('ten bytes!')).toBe('text/x http://a: ten bytes!')
  expect(await ask('eleven byte')).toBe('text/x http://a: null')
  expect(await (await fetch(url)).text()).toBe('undefined undefined: undefined')
})
