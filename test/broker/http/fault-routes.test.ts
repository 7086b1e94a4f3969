import { ErrorCode } from '../../../protocol/errors'
import { ListGroups } from '../../../protocol/messages/16-list-groups'
import { TestBroker } from '../../support/test-broker'

let world: TestBroker
afterEach(() => world.close())

const start = async (settings: Readonly<Record<string, string>> = {}) => {
  world = await TestBroker.start({ settings })
}

interface Sender {
  readonly contentType?: string
  readonly origin?: string | null
}

const JSON_TYPE = 'application/json; charset=utf-8'

const ask = async (method: string, path: string, sent?: unknown, sender: Sender = {}) => {
  const { contentType = JSON_TYPE, origin = null } = sender
  const text = typeof sent === 'string' ? sent : JSON.stringify(sent)
  const withBody = { contentType, origin, text: async (bytesMax: number) => (text.length > bytesMax ? null : text) }
  const port = Number(new URL(world.broker.httpAddresses[0]!).port)
  const asked = world.http.request(port, path, method, sent === undefined ? undefined : withBody)
  const { status, body } = await world.until(asked)
  return { status, body: body.startsWith('[') || body.startsWith('{') ? JSON.parse(body) : body.trim() }
}

test('a fault is added, listed with what it did, and removed', async () => {
  await start()
  const fault = { api: 'ListGroups', error: 'COORDINATOR_LOAD_IN_PROGRESS', times: 1 }
  expect(await ask('POST', '/faults', fault)).toEqual({ status: 201, body: { id: 1, hits: 0, ...fault } })
  expect(await world.ask(ListGroups, 4, {})).toMatchObject({ errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS })
  expect(await ask('GET', '/faults')).toEqual({ status: 200, body: [{ id: 1, hits: 1, ...fault }] })
  expect(await ask('DELETE', '/faults/1')).toMatchObject({ status: 200, body: { id: 1, hits: 1 } })
  expect(await ask('GET', '/faults')).toEqual({ status: 200, body: [] })
})

test('all are removed together', async () => {
  await start()
  await ask('POST', '/faults', { delayMs: 1, clientId: 'a' })
  await ask('POST', '/faults', { delayMs: 1, clientId: 'b' })
  expect(await ask('DELETE', '/faults')).toEqual({ status: 200, body: [] })
  expect(world.broker.faults.list()).toEqual([])
})

test.each([
  ['POST', '/faults', { api: 'Prodce', drop: true }, 400, 'did you mean Produce?'],
  ['POST', '/faults', '{', 400, 'this is not JSON'],
  ['POST', '/faults', 'x'.repeat(20_000), 413, 'a fault has 16384 bytes at most'],
  ['POST', '/faults', undefined, 415, 'a fault is sent as application/json'],
  ['DELETE', '/faults/7', undefined, 404, 'there is no fault 7'],
  ['GET', '/faults/7', undefined, 405, 'method not allowed'],
  ['PUT', '/faults', undefined, 405, 'method not allowed'],
])('%s %s with %j is refused with the reason', async (method, path, sent, status, message) => {
  await start()
  expect(await ask(method, path, sent)).toEqual({ status, body: expect.stringContaining(message) })
  expect(world.broker.faults.list()).toEqual([])
})

test('a page of a website cannot add one behind the back of its reader', async () => {
  await start()
  const fault = { drop: true }
  expect(await ask('POST', '/faults', fault, { contentType: 'text/plain' })).toMatchObject({ status: 415 })
  expect(await ask('POST', '/faults', fault, { origin: 'http://evil.test' })).toMatchObject({ status: 403 })
  expect(world.broker.faults.list()).toEqual([])
})

test.each([
  ['127.0.0.1:0', {}, 200],
  ['localhost:0', {}, 200],
  ['[::1]:0', {}, 200],
  ['0.0.0.0:0', {}, 404],
  [':0', {}, 404],
  ['192.0.2.1:0', {}, 404],
  ['0.0.0.0:0', { 'http.faults.enable': 'always' }, 200],
  ['127.0.0.1:0', { 'http.faults.enable': 'never' }, 404],
])('on %s with %j it is answered with %d', async (listener, settings, status) => {
  await start({ 'http.listeners': listener, ...settings })
  expect(await ask('GET', '/faults')).toMatchObject({ status })
})
