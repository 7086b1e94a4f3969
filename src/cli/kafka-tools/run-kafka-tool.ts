import { setTimeout } from 'node:timers/promises'
import { NodeTransport } from '../../io/node/node-transport'
import { ClusterClient, parseBootstrap } from '../cluster-client'
import { CommandFailure } from '../command-failure'
import { brokerApiVersionsTool } from './broker-api-versions-tool'
import { configsTool } from './configs-tool'
import { consoleConsumerTool } from './console-consumer-tool'
import { consoleProducerTool } from './console-producer-tool'
import { consumerGroupsTool } from './consumer-groups-tool'
import type { KafkaTool, ToolContext } from './kafka-tool'
import { parseToolArguments, renderToolOptions, type ToolArguments, ToolUsageError } from './tool-options'
import { topicsTool } from './topics-tool'

const TOOLS: Readonly<Record<string, KafkaTool>> = {
  'kafka-topics': topicsTool,
  'kafka-configs': configsTool,
  'kafka-console-consumer': consoleConsumerTool,
  'kafka-console-producer': consoleProducerTool,
  'kafka-consumer-groups': consumerGroupsTool,
  'kafka-broker-api-versions': brokerApiVersionsTool,
}

/** Kafka's tools wait as long for a broker: scripts start them before it is up. */
const CONNECT_TIMEOUT_MS = 60_000
const RETRY_AFTER_MS = 250

export interface ToolOutput {
  readonly print: (lines: AsyncIterable<string> | Iterable<string>) => Promise<void>
  readonly note: (line: string) => void
}

/** Runs one of Kafka's tools by the name of its script; resolves with the exit code. */
export const runKafkaTool = async (
  name: string,
  words: readonly string[],
  { print, note, ...rest }: ToolOutput & Omit<ToolContext, 'client'>,
): Promise<0 | 1> => {
  const tool = TOOLS[name]
  if (tool === undefined) {
    note(`${name} is none of ${Object.keys(TOOLS).join(', ')}`)
    return 1
  }
  const help = () =>
    `${tool.purpose} What is understood of the options of Kafka's ${name}:\n${renderToolOptions(tool.options)}`
  if (words.includes('--help')) {
    await print([help()])
    return 0
  }
  try {
    const args = checked(tool, words)
    const client = await connected(args.required('bootstrap-server'), rest.now)
    try {
      await print(tool.run(args, { ...rest, note, client }))
    } finally {
      await client.close()
    }
    return 0
  } catch (error) {
    if (error instanceof ToolUsageError) note(`${error.message}\n${help()}`)
    else if (error instanceof CommandFailure) {
      const { to, text } = tool.failure(error.message)
      if (to === 'stdout') await print([text])
      else note(text)
    } else throw error
    return 1
  }
}

const checked = (tool: KafkaTool, words: readonly string[]): ToolArguments => {
  const args = parseToolArguments(tool.options, words)
  tool.check(args)
  parseBootstrap(args.required('bootstrap-server'))
  return args
}

/** A connection to the first broker that answers, as soon as there is one. */
const connected = async (bootstrap: string, now: () => number): Promise<ClusterClient> => {
  const deadline = now() + CONNECT_TIMEOUT_MS
  for (;;) {
    try {
      return await ClusterClient.connect(new NodeTransport(), bootstrap)
    } catch (error) {
      if (!(error instanceof CommandFailure) || now() >= deadline) throw error
      await setTimeout(RETRY_AFTER_MS)
    }
  }
}
