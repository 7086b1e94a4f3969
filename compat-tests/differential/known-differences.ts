import type { Difference } from './comparison'

/** A difference that is meant. */
export interface KnownDifference {
  /** The names of the scripts; `*` stands for any text, here as in `paths`. */
  readonly scripts: readonly string[]
  /** API and field, as printed without the places in arrays that have an order. */
  readonly paths: readonly string[]
  /** What the Kafka answers, as printed; left out: anything. */
  readonly kafka?: string
  readonly reason: string
  /** It is a matter of time in the Kafka whether it happens. */
  readonly isRare?: boolean
}

/** Keys of APIs that a Kafka serves and we do not, as `ApiVersions` shows them. */
const apiKeys = (...keys: readonly number[]): readonly string[] => keys.map(key => `ApiVersions.apiKeys[${key}]`)

const PRODUCED = 'Produce.responses[*].partitionResponses[*]'
const FETCHED = 'Fetch.responses.partitions'
const METADATA_TOPIC = 'Metadata.topics[*]'

/** What is not served. */
const MISSING: readonly KnownDifference[] = [
  { scripts: ['versions: *'], paths: apiKeys(17, 36), reason: 'SASL is not served yet.' },
  {
    scripts: ['versions: *'],
    paths: apiKeys(29, 30, 31, 38, 39, 40, 41, 50, 51),
    reason: 'ACLs, delegation tokens and SCRAM credentials are not served yet.',
  },
  { scripts: ['versions: *'], paths: apiKeys(48, 49), reason: 'Quotas are not served yet.' },
  {
    scripts: ['versions: *'],
    paths: apiKeys(43, 45, 46),
    reason: 'Elections and reassignments need replicas, which are to come.',
  },
  {
    scripts: ['versions: *'],
    paths: apiKeys(55, 57, 64, 80, 81),
    reason: 'There is no KRaft quorum, and no features can be changed.',
  },
  {
    scripts: ['versions: *'],
    paths: apiKeys(76, 77, 78, 79, 83, 84, 85, 86, 87, 90, 91, 92),
    reason: 'Share groups are not served.',
  },
  { scripts: ['versions: *'], paths: apiKeys(88, 89), reason: 'Streams groups are not served.' },
  {
    scripts: ['versions: *'],
    paths: ['ApiVersions.supportedFeatures[*]', 'ApiVersions.finalizedFeatures[*]'],
    reason: 'A feature is named when it is served, since clients go by it.',
  },
  {
    scripts: ['settings of brokers: a logger *'],
    paths: ['IncrementalAlterConfigs.responses[8 1].errorCode'],
    kafka: '"INVALID_CONFIG"',
    reason: 'The level of the log does not change while a broker runs: no request about it is valid.',
  },
  {
    scripts: ['settings of brokers: metrics of clients are described'],
    paths: ['DescribeConfigs.results[*]*'],
    reason: 'Metrics that clients send (KIP-714) are not served.',
  },
]

/** What we tell and a Kafka does not, or the other way round. */
const TELLING: readonly KnownDifference[] = [
  {
    scripts: ['*'],
    paths: ['DescribeConfigs.results[*].errorMessage', 'FindCoordinator*.errorMessage'],
    kafka: '""',
    reason: 'A message belongs to an error: it is null without one, and never empty.',
  },
  {
    scripts: ['groups: the coordinator of *'],
    paths: ['FindCoordinator.errorMessage'],
    kafka: '"a message"',
    reason: 'A Kafka says NONE where there is no error, we say null.',
  },
  {
    scripts: ['*'],
    paths: [`${PRODUCED}.errorMessage`, 'DescribeProducers.topics[*].partitions.errorMessage'],
    kafka: 'null',
    reason: 'We say why a batch is refused also where a Kafka gives the code only.',
  },
  {
    scripts: ['*'],
    paths: [`${PRODUCED}.logStartOffset`],
    kafka: '-1',
    reason: 'We tell the log start offset whenever the partition is here, a Kafka not with every refusal.',
  },
  {
    scripts: ['fetch: *'],
    paths: [`${FETCHED}.abortedTransactions`],
    kafka: '[]',
    reason:
      'With an error we send no list of aborted transactions, a Kafka an empty one for partitions that are unknown; clients take both alike.',
  },
  {
    scripts: ['*'],
    paths: [
      'CreateTopics.topics[*].configs[min.insync.replicas].configSource',
      'DescribeConfigs.results[*].configs[min.insync.replicas].configSource',
    ],
    kafka: '3',
    reason:
      'A Kafka with eligible leader replicas (KIP-966) writes this setting into its cluster when it is formatted.',
  },
  {
    scripts: ['topics: *'],
    paths: ['CreateTopics.topics[*].topicId'],
    kafka: '"id #1"',
    reason: 'A topic that is only validated gets no id; a Kafka makes one up that is never used.',
  },
]

/** Where ours is meant to be better, or stricter. */
const BEHAVING: readonly KnownDifference[] = [
  {
    scripts: ['metadata: an unknown topic that may be created, version *'],
    paths: [`${METADATA_TOPIC}*`],
    reason: 'The topic is created before the answer, which names its leaders: nobody has to ask again.',
  },
  {
    scripts: ['metadata: neither name nor id'],
    paths: ['Metadata.*'],
    reason: 'UNKNOWN_TOPIC_ID instead of a failure of the whole request.',
  },
  {
    scripts: ['metadata: some by name and some by id'],
    paths: [`${METADATA_TOPIC}*`],
    reason: 'Both kinds are answered; a Kafka leaves out the names when there is an id.',
  },
  {
    scripts: ['configs: an unknown operation, version *'],
    paths: ['IncrementalAlterConfigs.responses[*]*'],
    reason: 'INVALID_REQUEST with a message instead of UNKNOWN_SERVER_ERROR.',
  },
  {
    scripts: ['produce: an unknown codec'],
    paths: [`${PRODUCED}.errorCode`],
    reason: 'UNSUPPORTED_COMPRESSION_TYPE instead of UNKNOWN_SERVER_ERROR.',
  },
  {
    scripts: ['produce: gzip that is none'],
    paths: [`${PRODUCED}.*`, `${FETCHED}.*`],
    reason:
      'Batches are not decompressed when they are produced: their header and checksum are checked, their records are trusted.',
  },
  {
    scripts: ['produce: LogAppendTime from the client'],
    paths: [`${PRODUCED}.*`, `${FETCHED}.*`],
    reason: 'A producer may not set this timestamp type: the batch is refused; a Kafka drops the type.',
  },
  {
    scripts: ['produce: the same partition twice'],
    paths: [`${PRODUCED.slice(0, -3)}[*]`, `${FETCHED}.*`],
    reason: 'Both batches are appended; a Kafka loses the first one without a word.',
  },
  {
    scripts: [
      'idempotent producers: a batch twice, version *',
      'interleaved transactions: a sequence that does not fit within a transaction, version *',
    ],
    paths: [`${PRODUCED}.logAppendTimeMs`],
    reason: 'A duplicate is answered as the first one was: a topic with CreateTime has no append time.',
  },
  {
    scripts: ['fetch: the same partition twice'],
    paths: [`${FETCHED}*`],
    reason: 'Both are answered; a Kafka takes the last one.',
  },
  {
    scripts: ['offsets: all records are deleted, version *'],
    paths: ['ListOffsets.topics[*].partitions.*'],
    reason: 'The record with the largest timestamp is deleted, too; a Kafka still names it.',
  },
  {
    scripts: ['interleaved transactions: records without a transaction behind an open one'],
    paths: ['ListOffsets.topics[*].partitions.*'],
    kafka: '-1',
    reason:
      'The largest timestamp below the last stable offset is found; a Kafka finds none when a larger one lies above.',
  },
  {
    scripts: ['transactions: records without a transaction, version *'],
    paths: [`${PRODUCED}.errorCode`],
    reason:
      'TRANSACTION_ABORTABLE from version 11 on, INVALID_TXN_STATE before; a Kafka that asks for producers of several versions at once may answer all for the version of one.',
    isRare: true,
  },
  {
    scripts: ['transactions: markers of an epoch that is over'],
    paths: ['WriteTxnMarkers.markers.topics.partitions[0].errorCode'],
    reason: 'INVALID_PRODUCER_EPOCH instead of UNKNOWN_SERVER_ERROR.',
  },
]

/** The table in ../README.md is made of these. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [...MISSING, ...TELLING, ...BEHAVING]

/** The entry that a difference belongs to. */
export const knownDifference = (
  script: string,
  { path, theirs }: Pick<Difference, 'path' | 'theirs'>,
): KnownDifference | undefined =>
  KNOWN_DIFFERENCES.find(
    ({ scripts, paths, kafka = theirs }) =>
      kafka === theirs && matchesSome(scripts, script) && matchesSome(paths, path),
  )

const matchesSome = (patterns: readonly string[], text: string): boolean =>
  patterns.some(pattern => matches(pattern, text))

const matches = (pattern: string, text: string): boolean => {
  const parts = pattern.split('*').map(part => part.replaceAll(/[.\\^$+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}

/** The table as it stands in the README. */
export const tableOfKnownDifferences = (): string => {
  const rows = KNOWN_DIFFERENCES.map(({ scripts, paths, kafka, reason }) => {
    const fields = paths.map(path => `\`${path}\``).join(', ')
    return `| ${scripts.join('; ')} | ${fields} | ${kafka === undefined ? '' : `\`${kafka}\``} | ${reason} |`
  })
  return ['| Scripts | Fields | Kafka answers | Reason |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
