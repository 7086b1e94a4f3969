import fs from 'node:fs'
import path from 'node:path'
import { type RunningBroker, startBroker } from '../../src'

const deploy = path.join(__dirname, '../../deploy')
const textOf = (file: string) => fs.readFileSync(path.join(deploy, file), 'utf8')

let broker: RunningBroker
let exposed: string
const types = new Map<string, string>()

beforeAll(async () => {
  broker = await startBroker({ settings: { 'http.listeners': '127.0.0.1:0' } })
  exposed = await (await fetch(`${broker.http}/metrics`)).text()
  for (const [, name, type] of exposed.matchAll(/^# TYPE (\S+) (\S+)$/gm)) types.set(name!, type!)
})
afterAll(() => broker.close())

/** The names of metrics in expressions; those of a histogram without their endings. */
const namesIn = (expressions: string): string[] =>
  [...new Set(expressions.match(/\b(kafka|odradek|process|nodejs)_[a-z0-9_]+/g))].map(name => {
    const histogram = name.replace(/_(bucket|sum|count)$/, '')
    return types.get(histogram) === 'histogram' ? histogram : name
  })

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

const panels: readonly Panel[] = JSON.parse(textOf('grafana/odradek.json')).panels

test.each([
  ['the rules for alarms', () => textOf('alerts.yml')],
  ['their tests', () => textOf('alerts.test.yml')],
  ['the dashboard', () => panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n')],
])('%s use metrics that a broker has', (_, expressions) => {
  const names = namesIn(expressions())
  expect(names.length).toBeGreaterThan(15)
  expect(names.filter(name => !types.has(name))).toEqual([])
})

test('every alarm says who is woken and what happened, and is tested', () => {
  const rules = textOf('alerts.yml').split('- alert: ').slice(1)
  const tested = new Set(textOf('alerts.test.yml').match(/alertname: \w+\n\s+exp_alerts:\n/g))
  expect(rules.length).toBeGreaterThan(10)
  for (const rule of rules) {
    expect(rule).toMatch(/severity: (page|ticket)/)
    expect(rule).toMatch(/summary: ./)
    expect(rule).toMatch(/description: ./)
    const name = rule.slice(0, rule.indexOf('\n'))
    expect([...tested].some(raised => raised.startsWith(`alertname: ${name}\n`))).toBe(true)
  }
})

test('every panel of the dashboard has a title of its own and asks something', () => {
  const graphs = panels.filter(({ targets }) => targets !== undefined)
  expect(new Set(graphs.map(({ title }) => title)).size).toBe(graphs.length)
  for (const { targets } of graphs) expect(targets!.every(({ expr }) => expr !== '')).toBe(true)
})

test('everything that a broker tells has a help text, and only counters are called total', () => {
  for (const [name, type] of types) {
    expect(exposed).toMatch(new RegExp(`^# HELP ${name} \\S.*$`, 'm'))
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
  }
})
