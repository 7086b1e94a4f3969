// node-rdkafka. What the scenarios are: ../scenarios.ts.
import { createRequire } from 'node:module'
import rdkafka from 'node-rdkafka'
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
    const { version } = createRequire(import.meta.url)('node-rdkafka/package.json')
    await check('version', () => `${version} (librdkafka ${rdkafka.librdkafkaVersion})`)
  },
}

await run(scenarios)
