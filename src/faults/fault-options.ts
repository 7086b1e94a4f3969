import type { ApiName } from '../../protocol/api-keys'
import { ErrorCode, type ErrorName } from '../../protocol/errors'
import type { Api } from '../../protocol/schema/api'
import { nearMiss } from '../config/near-miss'
import { DELAY_MS_MAX } from '../io/timers'
import { namesGroups, namesTopics } from './request-names'

/** What goes wrong, and with which requests. Needs one of `error`, `delayMs`, `disconnect` and `drop`; `delayMs` goes with the others too. */
export interface FaultOptions {
  /** Requests of this API only, by the name that Kafka has for it. */
  readonly api?: ApiName
  /** Requests that name this topic. An error is answered for this topic only, and the rest of the request is served. */
  readonly topic?: string
  /** Requests of clients with this client id. */
  readonly clientId?: string
  /** Requests that name this group. */
  readonly groupId?: string
  /** The request is not served but answered with this error, where the answer has the place for it. */
  readonly error?: Exclude<ErrorName, 'NONE'>
  /** The request has to wait so many milliseconds, and all behind it on its connection, before anything else happens. */
  readonly delayMs?: number
  /** The connection is closed instead of an answer. */
  readonly disconnect?: boolean
  /** Whether that happens `before` (the default) or `after` the request was served. */
  readonly when?: 'before' | 'after'
  /** The request is served and never answered. What follows on its connection is. */
  readonly drop?: boolean
  /** How often it happens at most. Default: until it is removed. */
  readonly times?: number
  /** From 0 to 1: the share of requests to which it happens. Default 1. */
  readonly probability?: number
  /** Which of the requests those are: any whole number, each time with the same outcome. Default 1. */
  readonly seed?: number
}

/** The fault that was asked for makes no sense. The message says why, for people. */
export class FaultError extends Error {
  override readonly name = 'FaultError'
}

type Problem = string | null
type Check = (value: unknown, apis: ReadonlyMap<string, Api>) => Problem

const text: Check = value => (typeof value === 'string' && value !== '' ? null : 'must be a text that is not empty')
const flag: Check = value => (typeof value === 'boolean' ? null : 'must be true or false')
const isWithin = (value: unknown, from: number, to: number): value is number =>
  typeof value === 'number' && value >= from && value <= to
const wholeNumber =
  (from: number, to: number): Check =>
  value =>
    Number.isInteger(value) && isWithin(value, from, to) ? null : `must be a whole number from ${from} to ${to}`

/** `value` is none of `names`. */
const unknownName = (value: unknown, names: Iterable<string>, what: string): string => {
  const meant = typeof value === 'string' ? nearMiss(value, names) : null
  return `${what}${meant ? `; did you mean ${meant}?` : ''}`
}

const CHECKS: Readonly<Record<keyof FaultOptions, Check>> = {
  api: (value, apis) =>
    apis.has(String(value)) ? null : unknownName(value, apis.keys(), 'must be the name of an API that is served'),
  topic: text,
  clientId: text,
  groupId: text,
  error: value =>
    typeof value === 'string' && value !== 'NONE' && Object.hasOwn(ErrorCode, value)
      ? null
      : unknownName(value, Object.keys(ErrorCode), 'must be the name of an error of Kafka'),
  delayMs: value => (isWithin(value, 0, DELAY_MS_MAX) ? null : `must be a number from 0 to ${DELAY_MS_MAX}`),
  disconnect: flag,
  when: value => (value === 'before' || value === 'after' ? null : 'must be before or after'),
  drop: flag,
  times: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  probability: value => (isWithin(value, Number.MIN_VALUE, 1) ? null : 'must be a number above 0, 1 at most'),
  seed: wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
}

/**
 * Checks what a program or a request over HTTP asks for. `apis`: those that are served, by name.
 * @throws FaultError
 */
export const checkFault = (given: unknown, apis: ReadonlyMap<string, Api>): FaultOptions => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new FaultError('a fault is an object with what shall happen and to which requests')
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of entries) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw new FaultError(unknownName(name, Object.keys(CHECKS), `a fault has no option ${name}`))
    }
    const problem = CHECKS[name as keyof FaultOptions](value, apis)
    if (problem) throw new FaultError(`${name} is ${JSON.stringify(value)}, but ${problem}`)
  }
  const fault: FaultOptions = Object.fromEntries(entries)
  const problem = effectProblem(fault) ?? scopeProblem(fault, apis)
  if (problem) throw new FaultError(problem)
  return fault
}

const effectProblem = ({ error, delayMs, disconnect = false, drop = false, when }: FaultOptions): Problem => {
  const ends = [error !== undefined, disconnect, drop].filter(Boolean).length
  if (ends > 1) return 'only one of error, disconnect and drop can happen to a request'
  if (ends === 0 && delayMs === undefined) return 'one of error, delayMs, disconnect and drop has to say what happens'
  return when !== undefined && !disconnect ? 'when belongs to disconnect' : null
}

const scopeProblem = ({ api: name, topic, groupId }: FaultOptions, apis: ReadonlyMap<string, Api>): Problem => {
  const api = name && apis.get(name)
  if (!api) return null
  if (topic !== undefined && !namesTopics(api)) return `requests of ${name} name no topics`
  return groupId !== undefined && !namesGroups(api) ? `requests of ${name} name no group` : null
}
