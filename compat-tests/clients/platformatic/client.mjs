// @platformatic/kafka. What the scenarios are: ../scenarios.ts.
import { readFileSync } from 'node:fs'
import { check, run } from '../contract/contract.mjs'
import { groups } from './groups.mjs'
import { records } from './records.mjs'
import { topics } from './topics.mjs'
import { transactions } from './transactions.mjs'

const scenarios = {
  ...records,
  ...transactions,
  ...groups,
  ...topics,
  async version() {
    const file = new URL('./node_modules/@platformatic/kafka/package.json', import.meta.url)
    await check('version', () => JSON.parse(readFileSync(file)).version)
  },
}

await run(scenarios)
