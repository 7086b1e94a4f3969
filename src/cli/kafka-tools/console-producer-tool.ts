import type { CompressionName } from '../../../protocol/compression/codec'
import { CommandFailure } from '../command-failure'
import { produceLines } from '../produce-command'
import { BOOTSTRAP_OPTION, type KafkaTool } from './kafka-tool'
import { type ToolArguments, ToolUsageError } from './tool-options'

const CODECS: readonly CompressionName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const PROPERTIES = ['parse.key', 'key.separator']

/** kafka-console-producer.sh (org.apache.kafka.tools.ConsoleProducer). Every record is acknowledged by all replicas. */
export const consoleProducerTool: KafkaTool = {
  purpose: 'Produces a record for each line of standard input.',
  options: [
    BOOTSTRAP_OPTION,
    { name: 'topic', argument: 'topic', meaning: 'REQUIRED: the topic.' },
    { name: 'compression-codec', argument: 'codec', meaning: `How batches are compressed: ${CODECS.join(', ')}.` },
    { name: 'request-required-acks', argument: 'acks', meaning: 'Accepted; all replicas acknowledge in any case.' },
    { name: 'property', argument: 'name=value', meaning: `How lines are read: ${PROPERTIES.join(', ')}.` },
    { name: 'reader-property', argument: 'name=value', meaning: 'Newer name of --property.' },
  ],
  check(args) {
    args.required('topic')
    codecOf(args)
    const unknown = [...propertiesOf(args).keys()].filter(name => !PROPERTIES.includes(name))
    if (unknown.length > 0) throw new ToolUsageError(`Of the properties ${PROPERTIES} are understood, not ${unknown}`)
  },
  async *run(args, { client, input, now }) {
    const properties = propertiesOf(args)
    const keyDelimiter = properties.get('parse.key') === 'true' ? (properties.get('key.separator') ?? '\t') : null
    const lines = new KeyedLines(input, keyDelimiter)
    await produceLines(client, lines, {
      topic: args.required('topic'),
      keyDelimiter,
      compression: codecOf(args),
      partition: null,
      now,
      progress() {},
    })
    if (lines.bad !== null) throw new CommandFailure(lines.bad)
    yield* []
  },
  failure: message => ({ to: 'stderr', text: message }),
}

const propertiesOf = (args: ToolArguments): Map<string, string> =>
  new Map([...args.pairs('property'), ...args.pairs('reader-property')])

const codecOf = (args: ToolArguments): CompressionName => {
  const text = args.text('compression-codec') ?? 'none'
  const codec = CODECS.find(name => name === text)
  if (codec === undefined) throw new ToolUsageError(`Unknown compression codec ${text}: ${CODECS.join(', ')}`)
  return codec
}

/** Lines up to the first one without a key where there has to be one; what comes before it is produced, as by Kafka's. */
class KeyedLines implements AsyncIterable<string> {
  /** What is wrong with the line that ended it. */
  bad: string | null = null
  readonly #lines: AsyncIterable<string>
  readonly #delimiter: string | null

  constructor(lines: AsyncIterable<string>, delimiter: string | null) {
    this.#lines = lines
    this.#delimiter = delimiter
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    let number = 0
    for await (const line of this.#lines) {
      number++
      if (this.#delimiter !== null && !line.includes(this.#delimiter)) {
        this.bad = `No key separator found on line number ${number}: '${line}'`
        return
      }
      yield line
    }
  }
}
