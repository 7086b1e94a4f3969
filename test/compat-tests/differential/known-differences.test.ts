import fs from 'node:fs'
import path from 'node:path'
import {
  KNOWN_DIFFERENCES,
  knownDifference,
  tableOfKnownDifferences,
} from '../../../compat-tests/differential/known-differences'
import { AREAS } from '../../../compat-tests/differential/scripts'
import { sectionOf } from '../../support/readme-sections'

const README = path.join(__dirname, '../../../compat-tests/README.md')
const names = AREAS.flatMap(area => area.scripts.map(({ name }) => name))

test('the README explains every known difference', () => {
  expect(sectionOf(fs.readFileSync(README, 'utf8'), 'known-differences')).toBe(tableOfKnownDifferences())
})

test('a difference is known by its script, its field, and what the Kafka answers', () => {
  const script = 'produce: a wrong checksum, version 8'
  const path = 'Produce.responses[t].partitionResponses[0].errorMessage'
  expect(knownDifference(script, { path, theirs: 'null' })).toBeDefined()
  expect(knownDifference(script, { path, theirs: '"a message"' })).toBeUndefined()
  expect(knownDifference(script, { path: path.replace('errorMessage', 'errorCode'), theirs: 'null' })).toBeUndefined()
  expect(
    knownDifference('produce: the same partition twice', { path: path.slice(0, -13), theirs: 'null' }),
  ).toBeDefined()
})

test('every known difference is about a script that there is', () => {
  for (const pattern of KNOWN_DIFFERENCES.flatMap(({ scripts }) => scripts)) {
    const parts = pattern.split('*')
    const isThere = names.some(name => name.startsWith(parts[0]!) && name.endsWith(parts.at(-1)!))
    expect({ pattern, isThere }).toEqual({ pattern, isThere: true })
  }
})

test('no two scripts have the same name', () => {
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(200)
})
