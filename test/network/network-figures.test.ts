import { Produce } from '../../protocol/messages/00-produce'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { NetworkFigures, REQUEST_PHASES } from '../../src/network/network-figures'
import type { FinishedRequest } from '../../src/network/network-observer'

const request = (changes: Partial<FinishedRequest> = {}): FinishedRequest => ({
  api: Heartbeat,
  apiVersion: 4,
  listenerName: 'PLAINTEXT',
  requestBytes: 10,
  responseBytes: 20,
  receivedAt: 1000,
  startedAt: 1001,
  handledAt: 1003,
  answeredAt: 1006,
  throttleMs: 50,
  answer: {},
  ...changes,
})

const phasesOf = (figures: NetworkFigures) =>
  Object.fromEntries(REQUEST_PHASES.map(phase => [phase, Math.round(figures.apis[0]!.seconds[phase].sum * 1000)]))

test('the time of a request is divided among its phases', () => {
  const figures = new NetworkFigures()
  figures.requestFinished(request(), 1010)
  expect(phasesOf(figures)).toEqual({ queue: 1, local: 2, remote: 3, throttle: 50, send: 4, total: 10 })
})

test('a handler that answers at once has no remote time', () => {
  const figures = new NetworkFigures()
  figures.requestFinished(request({ handledAt: -1 }), 1010)
  expect(phasesOf(figures)).toMatchObject({ local: 5, remote: 0, total: 10 })
})

test('requests are counted by API and version, with their bytes and the errors in their answers', () => {
  const figures = new NetworkFigures()
  figures.requestFinished(request(), 1010)
  figures.requestFinished(request({ apiVersion: 0, answer: { errorCode: 25 } }), 1010)
  figures.requestFinished(request({ api: Produce, apiVersion: 9, answer: null, responseBytes: 0 }), 1010)
  expect(figures.apis.map(({ name, requestBytes, responseBytes }) => [name, requestBytes, responseBytes])).toEqual([
    ['Produce', 10, 0],
    ['Heartbeat', 20, 40],
  ])
  expect(figures.apis[1]!.requests).toEqual([1, 0, 0, 0, 1])
  expect([...figures.apis[1]!.errors]).toEqual([[25, 1]])
})

test('connections are counted by listener, and refusals by their reason', () => {
  const figures = new NetworkFigures()
  figures.connectionOpened('A')
  figures.connectionOpened('A')
  figures.connectionClosed('A')
  figures.connectionRefused('B', 'max.connections')
  figures.requestRefused('malformed request')
  expect(Object.fromEntries(figures.listeners)).toEqual({
    A: { opened: 2, closed: 1, refused: new Map() },
    B: { opened: 0, closed: 0, refused: new Map([['max.connections', 1]]) },
  })
  expect([...figures.refusedRequests]).toEqual([['malformed request', 1]])
})
