import { runKafkaTool } from '../../src/cli/kafka-tools/run-kafka-tool'

export interface ToolResult {
  readonly status: number
  readonly stdout: readonly string[]
  /** Without empty lines. */
  readonly stderr: readonly string[]
}

/** Runs one of Kafka's tools as we have them, in this process. */
export const toolRun = async (name: string, args: readonly string[], input = ''): Promise<ToolResult> => {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const status = await runKafkaTool(name, args, {
    print: async lines => {
      for await (const line of lines) stdout.push(...line.split('\n'))
    },
    note: line => stderr.push(...line.split('\n').filter(part => part !== '')),
    input: linesOf(input),
    now: () => Date.now(),
    takeSignals: () => () => false,
  })
  return { status, stdout, stderr }
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n').slice(0, -1)
}
