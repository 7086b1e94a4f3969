import { MemoryHttpServer } from '../../../src/io/memory/memory-http-server'

const plain = (body: string) => ({ status: 200, contentType: 'text/plain', body })

test('whoever listens on the port is asked, without the query', async () => {
  const http = new MemoryHttpServer()
  const one = await http.listen({ host: 'localhost', port: 0 }, async ({ method, path }) =>
    plain(`one ${method} ${path}`),
  )
  const two = await http.listen({ host: 'localhost', port: 0 }, async () => plain('two'))
  expect(await http.request(one.port, '/path?query', 'HEAD')).toMatchObject({ status: 200, body: 'one HEAD /path' })
  expect(await http.request(two.port, '/')).toMatchObject({ body: 'two' })
})

test('pieces are put together', async () => {
  const http = new MemoryHttpServer()
  async function* pieces() {
    yield 'a'
    yield 'b'
  }
  const { port } = await http.listen({ host: '', port: 1 }, async () => ({ ...plain(''), body: pieces() }))
  expect((await http.request(port, '/')).body).toBe('ab')
})

test('a port has one listener, until that is closed', async () => {
  const http = new MemoryHttpServer()
  const listener = await http.listen({ host: '', port: 1 }, async () => plain('first'))
  await expect(http.listen({ host: '', port: 1 }, async () => plain(''))).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await listener.close()
  await expect(http.request(1, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await http.listen({ host: '', port: 1 }, async () => plain('second'))
  expect((await http.request(1, '/')).body).toBe('second')
})
