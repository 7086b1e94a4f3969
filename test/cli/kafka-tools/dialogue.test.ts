/** What Kafka's own tools and a real Kafka said to a row of command lines, said by ours and our broker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningBroker, startBroker } from '../../../src/broker/start-broker'
import { toolRun } from '../../support/kafka-tool'

interface Exchange {
  readonly tool: string
  readonly args: readonly string[]
  readonly input?: string
  readonly status: number
  readonly stdout: readonly string[]
  /** Of a command line that was not understood only the first line. */
  readonly stderr: readonly string[]
}

const dialogue: Exchange[] = JSON.parse(readFileSync(join(__dirname, '../../golden/kafka-tools/dialogue.json'), 'utf8'))

let broker: RunningBroker

beforeAll(async () => {
  broker = await startBroker({ settings: { 'group.initial.rebalance.delay.ms': 0 } })
})

afterAll(() => broker.close())

const withoutChance = (line: string): string =>
  line
    .replace(/TopicId: [\w-]{22}/, 'TopicId: *')
    .replace(/CreateTime:\d+/, 'CreateTime:*')
    .replace(broker.bootstrap, '*')

// One after the other: each line counts on what those before it have done.
test.each(
  dialogue.map((exchange, index) => ({ exchange, title: `${index} ${exchange.tool} ${exchange.args.join(' ')}` })),
)('$title', async ({ exchange: { tool, args, input, status, stdout, stderr } }) => {
  const said = await toolRun(tool, ['--bootstrap-server', broker.bootstrap, ...args], input)
  const notes = status === 0 ? said.stderr : said.stderr.slice(0, stderr.length)
  expect({ status: said.status, stdout: said.stdout.map(withoutChance), stderr: notes }).toEqual({
    status,
    stdout,
    stderr,
  })
})
