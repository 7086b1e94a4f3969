// kafkajs. What the scenarios are: ../scenarios.ts. How a program speaks with its runner: ../scenario-run.ts.
import { createRequire } from 'node:module'
import { check, run } from '../contract/contract.mjs'
import { admin } from './broker.mjs'
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
    await check('version', () => createRequire(import.meta.url)('kafkajs/package.json').version)
  },
}

await admin.connect()
await run(scenarios)
