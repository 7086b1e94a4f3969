import { NormalForm, type Plain } from './normal-form'
import type { Exchange, Stage } from './stage'

export interface Difference {
  /** For people: the step, the API and its version, and the field with its place in arrays. */
  readonly where: string
  /** API and field without places in arrays, as in the table of known differences: `Metadata.topics.errorCode`. */
  readonly path: string
  readonly ours: string
  readonly theirs: string
}

/** What differs between the answers of two brokers to the same script. It ends with the first step that went another way altogether. */
export const differencesOf = (ours: Stage, theirs: Stage, now: number): readonly Difference[] => {
  const differences: Difference[] = []
  const forms = [ours, theirs].map(({ address }) => new NormalForm({ now, port: address.port }))
  for (let step = 0; step < Math.max(ours.exchanges.length, theirs.exchanges.length); step++) {
    const pair = [ours.exchanges[step], theirs.exchanges[step]]
    const [a, b] = pair.map((exchange, side) => plainOf(exchange, forms[side]!))
    const request = (pair[0] ?? pair[1])!.request
    const found = unequal(a!, b!)
    for (const { fields, ours, theirs } of found) {
      const names = [request.split(' ')[0]!, ...fields.filter(field => !/^\d+$/.test(field))]
      differences.push({ where: `step ${step + 1}, ${request}: ${joined(fields)}`, path: joined(names), ours, theirs })
    }
    if (pair[0]?.outcome.kind !== pair[1]?.outcome.kind) break
  }
  return differences
}

/** `topics[name].errorCode` */
const joined = (names: readonly string[]): string => names.join('.').replaceAll('.[', '[')

const plainOf = (exchange: Exchange | undefined, form: NormalForm): Plain => {
  if (!exchange) return 'no such step'
  const { outcome } = exchange
  switch (outcome.kind) {
    case 'answer':
      return form.of(outcome.api.response, outcome.answer)
    case 'frame':
      return outcome.bytes.toString('hex')
    case 'closed':
      return 'the connection was closed'
    case 'failed':
      return `failed: ${outcome.message}`
  }
}

interface Unequal {
  readonly fields: readonly string[]
  readonly ours: string
  readonly theirs: string
}

const unequal = (ours: Plain, theirs: Plain, fields: readonly string[] = []): readonly Unequal[] => {
  const [a, b] = [partsOf(ours), partsOf(theirs)]
  if (!a || !b || Array.isArray(ours) !== Array.isArray(theirs)) {
    const texts = [JSON.stringify(ours), JSON.stringify(theirs)] as const
    return texts[0] === texts[1] ? [] : [{ fields, ours: texts[0], theirs: texts[1] }]
  }
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].flatMap(name => unequal(a[name] ?? null, b[name] ?? null, [...fields, name]))
}

const partsOf = (value: Plain): Readonly<Record<string, Plain>> | null =>
  typeof value === 'object' ? (value as Readonly<Record<string, Plain>> | null) : null
