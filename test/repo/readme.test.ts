import fs from 'node:fs'
import path from 'node:path'
import { readmeSections, sectionOf } from '../support/readme-sections'

const readme = fs.readFileSync(path.join(__dirname, '../../README.md'), 'utf8')

test('the README lists the APIs that a client is told of, and every setting', async () => {
  for (const [name, expected] of Object.entries(await readmeSections())) {
    expect({ [name]: sectionOf(readme, name) }).toEqual({ [name]: expected.trim() })
  }
})

test('the commands of the README exist', () => {
  const scripts = JSON.parse(fs.readFileSync(path.join(__dirname, '../../package.json'), 'utf8')).scripts
  const named = [...readme.matchAll(/npm (?:run )?(start|test|bench|compat|lint)\b/g)].map(([, script]) => script!)
  expect(named).not.toHaveLength(0)
  for (const script of named) expect(scripts).toHaveProperty(script)
})
