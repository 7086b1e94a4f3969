import { setTimeout as pause } from 'node:timers/promises'
import type { JavaProcess } from './java-programs'

const POLL_MS = 500
const WITHIN_MS = 180_000

/** Asks an HTTP service of the loopback; a body is sent as JSON. */
export const ask = (url: string, method = 'GET', body?: unknown): Promise<Response> => {
  const headers = { 'content-type': 'application/json' }
  return fetch(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
}

/** Resolves when `isSo` says so, which it is asked again and again; fails with the last words of the process when it does not in time. */
export const until = async (what: string, process: JavaProcess, isSo: () => Promise<boolean>): Promise<void> => {
  // Nobody listens before the process is up.
  const notYet = (error: Error) => {
    if (error instanceof TypeError) return false
    throw error
  }
  for (const deadline = Date.now() + WITHIN_MS; ; await pause(POLL_MS)) {
    if (await isSo().catch(notYet)) return
    if (Date.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}\n${process.lastWords()}`)
  }
}
