import fs from 'node:fs'
import path from 'node:path'
import type { ClientCheck } from './scenario-run'
import { SCENARIOS } from './scenarios'

/** From the compiled place of this file: dist/compat-tests/clients. */
const README = path.join(__dirname, '../../../README.md')
const SECTION = /(<!-- clients -->\n)([\s\S]*?)(\n<!-- \/clients -->)/

/** A client and what came out of each of its scenarios. */
export interface ClientResult {
  readonly client: string
  readonly version: string
  /** By the name of the scenario; one that is missing was not tried. */
  readonly checks: ReadonlyMap<string, readonly ClientCheck[]>
}

const HEADER = [
  `| Client | Version | ${SCENARIOS.map(({ column }) => column).join(' | ')} |`,
  `| --- | --- | ${SCENARIOS.map(() => ':-:').join(' | ')} |`,
]

/** ✓: all checks passed, ✗: some failed, –: the client has nothing of the kind, empty: not tried. */
const mark = (checks: readonly ClientCheck[] | undefined): string => {
  if (checks === undefined) return ''
  if (checks.some(({ ok }) => ok === false)) return '✗'
  return checks.some(({ ok }) => ok) ? '✓' : '–'
}

const row = ({ client, version, checks }: ClientResult): string =>
  `| ${client} | ${version} | ${SCENARIOS.map(({ name }) => mark(checks.get(name))).join(' | ')} |`

export const resultTable = (results: readonly ClientResult[]): string => [...HEADER, ...results.map(row)].join('\n')

/** Writes the row of a client into the README; the others stay as they are, in the order of `names`. */
export const writeReadme = (result: ClientResult, names: readonly string[]): void => {
  const readme = fs.readFileSync(README, 'utf8')
  const [, , former] = SECTION.exec(readme)!
  const rows = new Map(former!.split('\n').map(line => [line.split(' | ')[0]!.replace('| ', ''), line]))
  rows.set(result.client, row(result))
  const table = [...HEADER, ...names.flatMap(name => rows.get(name) ?? [])].join('\n')
  fs.writeFileSync(
    README,
    readme.replace(SECTION, (_, start, __, end) => `${start}${table}${end}`),
  )
}
