import type { ClusterClient } from '../cluster-client'
import type { ToolArguments, ToolOption } from './tool-options'

/** What a tool may use. */
export interface ToolContext {
  readonly client: ClusterClient
  /** Lines of standard input. */
  readonly input: AsyncIterable<string>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Writes a line to standard error. */
  readonly note: (line: string) => void
  /** From this call on SIGINT and SIGTERM do not end the process; the function it returns tells whether one came. */
  readonly takeSignals: () => () => boolean
}

/** One of Kafka's command-line tools, as far as people use it in health checks, start scripts and at the prompt. */
export interface KafkaTool {
  readonly purpose: string
  readonly options: readonly ToolOption[]
  /** Throws `ToolUsageError` before anything is asked of a broker. */
  check(args: ToolArguments): void
  /** Yields the lines of standard output. Throws `CommandFailure` for what the cluster refuses. */
  run(args: ToolArguments, context: ToolContext): AsyncIterable<string>
  /** What the tool says of a failure, and where. */
  failure(message: string): { readonly to: 'stdout' | 'stderr'; readonly text: string }
}

export const BOOTSTRAP_OPTION: ToolOption = {
  name: 'bootstrap-server',
  argument: 'host:port',
  meaning: 'REQUIRED: brokers of the cluster, of which the first that answers is asked.',
}
