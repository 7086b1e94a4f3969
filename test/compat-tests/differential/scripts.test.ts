import fs from 'node:fs'
import path from 'node:path'
import { sectionOf } from '../../support/readme-sections'

const ROOT = path.join(__dirname, '../../..')
const SCRIPTS = path.join(ROOT, 'compat-tests/differential/scripts')

test('there are scripts about every API that is served', () => {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  const served = [...sectionOf(readme, 'apis')!.matchAll(/^\| (\d+) \|/gm)].map(([, key]) => key!.padStart(2, '0'))
  const sources = fs.readdirSync(SCRIPTS).map(file => fs.readFileSync(path.join(SCRIPTS, file), 'utf8'))
  const asked = new Set(sources.flatMap(source => [...source.matchAll(/messages\/(\d+)-/g)].map(([, key]) => key!)))
  expect(served.length).toBeGreaterThan(30)
  expect(served.filter(key => !asked.has(key))).toEqual([])
})
