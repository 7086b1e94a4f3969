import { BrokerStatus } from '../../../src/broker/http/broker-status'
import { HttpRouter } from '../../../src/broker/http/http-router'
import { healthRoutes, metricsRoute } from '../../../src/broker/http/http-routes'
import { MemoryHttpServer } from '../../../src/io/memory/memory-http-server'

const serve = async (router: HttpRouter) => {
  const http = new MemoryHttpServer()
  const { port } = await http.listen({ host: 'localhost', port: 0 }, request => router.answer(request))
  return async (path: string) => {
    const { status, body } = await http.request(port, path)
    return [status, body.trim()]
  }
}

test('a broker is ready from the end of its start to the beginning of its stop, and lives all the time', async () => {
  const status = new BrokerStatus()
  const ask = await serve(new HttpRouter(healthRoutes(status)))
  const seen = [await ask('/health/ready')]
  status.entered('logs are being recovered')
  seen.push(await ask('/health/ready'))
  status.ready()
  seen.push(await ask('/health/ready?from=probe'))
  status.failed(new Error('the disk is gone'))
  seen.push(await ask('/health/ready'))
  status.stopping()
  seen.push(await ask('/health/ready'))
  expect(seen).toEqual([
    [503, 'starting'],
    [503, 'starting: logs are being recovered'],
    [200, 'ready'],
    [503, 'failed: the disk is gone'],
    [503, 'stopping'],
  ])
  expect(await ask('/health/live')).toEqual([200, 'live'])
})

test('a fifth scrape at the same time is turned away, and welcome when another one is over', async () => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const collectors = async () => {
    await held
    return []
  }
  const route = metricsRoute(collectors, { now: () => 0, pause: async () => {} })
  const ask = await serve(new HttpRouter([route]))
  const underWay = [1, 2, 3, 4].map(() => ask('/metrics'))
  await Promise.resolve()
  expect(await ask('/metrics')).toEqual([503, 'too many scrapes at the same time'])
  release()
  expect(await Promise.all(underWay)).toEqual([1, 2, 3, 4].map(() => [200, '']))
  expect(await ask('/metrics')).toEqual([200, ''])
})
