import fs from 'node:fs'
import path from 'node:path'
import { VERSION } from '../../src/broker/version'

test('the version is that of the package', () => {
  const description = fs.readFileSync(path.join(__dirname, '../../package.json'), 'utf8')
  expect(VERSION).toBe(JSON.parse(description).version)
})
