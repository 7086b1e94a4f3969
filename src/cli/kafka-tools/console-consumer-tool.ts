import { type ConsumedRecord, consumeRecords } from '../consume-command'
import { commitOffsets, committedOffsets } from './group-offsets'
import { BOOTSTRAP_OPTION, type KafkaTool } from './kafka-tool'
import { type ToolArguments, ToolUsageError } from './tool-options'

/** What is printed of a record besides its value, in this order, by the property that asks for it. */
const FIELDS: readonly [property: string, text: (record: ConsumedRecord) => string][] = [
  ['print.timestamp', ({ timestamp }) => `CreateTime:${timestamp}`],
  ['print.partition', ({ partition }) => `Partition:${partition}`],
  ['print.offset', ({ offset }) => `Offset:${offset}`],
  ['print.headers', ({ headers }) => headersText(headers)],
  ['print.key', ({ key }) => textOf(key)],
  ['print.value', ({ value }) => textOf(value)],
]
const PROPERTIES = [...FIELDS.map(([property]) => property), 'key.separator']

/**
 * kafka-console-consumer.sh (org.apache.kafka.tools.consumer.ConsoleConsumer). With --group it begins where the group is and commits at its
 * end, but is no member: it reads all partitions.
 */
export const consoleConsumerTool: KafkaTool = {
  purpose: 'Prints records as they come.',
  options: [
    BOOTSTRAP_OPTION,
    { name: 'topic', argument: 'topic', meaning: 'REQUIRED: the topic.' },
    { name: 'from-beginning', meaning: 'Begin with the oldest record, where the group has no offset.' },
    { name: 'max-messages', argument: 'number', meaning: 'Stop after so many records.' },
    { name: 'timeout-ms', argument: 'milliseconds', meaning: 'Stop when no record came for so long.' },
    { name: 'group', argument: 'group', meaning: 'Begin with the offsets of a group, and commit at the end.' },
    { name: 'partition', argument: 'number', meaning: 'Read only this partition.' },
    { name: 'offset', argument: 'offset', meaning: 'With --partition: earliest, latest, or the first offset to read.' },
    { name: 'property', argument: 'name=value', meaning: `How records are printed: ${PROPERTIES.join(', ')}.` },
    { name: 'formatter-property', argument: 'name=value', meaning: 'Newer name of --property.' },
  ],
  check(args) {
    if (!args.has('topic')) {
      throw new ToolUsageError('Exactly one of the following arguments is required: [topic], [include]')
    }
    for (const name of ['max-messages', 'timeout-ms', 'partition']) args.integer(name)
    startOf(args)
    const unknown = [...propertiesOf(args).keys()].filter(name => !PROPERTIES.includes(name))
    if (unknown.length > 0) throw new ToolUsageError(`Of the properties ${PROPERTIES} are understood, not ${unknown}`)
  },
  async *run(args, { client, now, note, takeSignals }) {
    const isStopped = takeSignals()
    const topic = args.required('topic')
    const group = args.text('group')
    const partition = args.integer('partition')
    const timeoutMs = args.integer('timeout-ms') ?? Number.POSITIVE_INFINITY
    const { fromBeginning, offset } = startOf(args)
    const committed = group === null ? new Map<number, number>() : await committedOffsets(client, group, topic)
    const position = new Map<number, number>()
    const line = lineFormat(propertiesOf(args))
    let count = 0
    let latest: number | null = null
    const idleMs = () => {
      latest ??= now()
      return now() - latest
    }
    const records = consumeRecords(client, {
      topic,
      fromBeginning,
      maxMessages: args.integer('max-messages') ?? Number.POSITIVE_INFINITY,
      mayCreate: true,
      partition,
      startOffsets: offset === null ? committed : new Map([[partition!, offset]]),
      isOver: () => isStopped() || idleMs() >= timeoutMs,
    })
    for await (const record of records) {
      yield line(record)
      position.set(record.partition, record.offset + 1)
      count++
      latest = now()
      if (isStopped()) break
    }
    if (group !== null && position.size > 0) await commitOffsets(client, group, new Map([[topic, position]]))
    note(`Processed a total of ${count} messages`)
  },
  failure: message => ({ to: 'stderr', text: message }),
}

const startOf = (args: ToolArguments): { readonly fromBeginning: boolean; readonly offset: number | null } => {
  const text = args.text('offset')
  if (text === null) return { fromBeginning: args.has('from-beginning'), offset: null }
  if (!args.has('partition')) throw new ToolUsageError('The partition is required when offset is specified.')
  if (text === 'earliest' || text === 'latest') return { fromBeginning: text === 'earliest', offset: null }
  return { fromBeginning: false, offset: args.integer('offset') }
}

const propertiesOf = (args: ToolArguments): Map<string, string> =>
  new Map([...args.pairs('property'), ...args.pairs('formatter-property')])

const lineFormat = (properties: ReadonlyMap<string, string>): ((record: ConsumedRecord) => string) => {
  const fields = FIELDS.filter(([name]) => (properties.get(name) ?? String(name === 'print.value')) === 'true')
  const separator = properties.get('key.separator') ?? '\t'
  return record => fields.map(([, text]) => text(record)).join(separator)
}

const textOf = (bytes: Buffer | null): string => bytes?.toString() ?? 'null'

const headersText = (headers: ConsumedRecord['headers']): string =>
  headers.length === 0 ? 'NO_HEADERS' : headers.map(({ key, value }) => `${key}:${textOf(value)}`).join(',')
