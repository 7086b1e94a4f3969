import type { CommandResult } from '../../command'

/** Standard output, then what was complained about. */
export const everything = ({ status, stdout, stderr }: CommandResult): string =>
  `exit ${status}\n${stdout.trimEnd()}\n--- stderr\n${stderr.trimEnd()}`

/** For lines whose order is that of a hash map, or of partitions that are fetched as they come. */
export const sorted = ({ status, stdout, stderr }: CommandResult): string => {
  const inOrder = (text: string) => text.trimEnd().split('\n').toSorted().join('\n')
  return everything({ status, stdout: inOrder(stdout), stderr: inOrder(stderr) })
}

/** Without times, rates, and shares of times; and without what ProducerPerformance says on its way, when it is not done in five seconds. */
export const timeless = (result: CommandResult): string =>
  everything(result)
    .replaceAll(/^\d+ records sent, .* ms max latency\.\n/gm, '')
    .replaceAll(/\d+\.\d+(E-?\d+)?/g, 'RATE')
    .replaceAll(/\d+ ms\b/g, 'N ms')
    .replaceAll(/, \d+, \d+, RATE/g, ', N, N, RATE')

/** How large a batch is depends on how long its producer has taken over it: of times in it there are differences only, as varints. */
export const sizeless = (result: CommandResult): string => everything(result).replaceAll(/"size":[1-9]\d*/g, '"size":N')

/** The last column of TransactionsCommand is how long ago a transaction has begun. */
export const ageless = (result: CommandResult): string => everything(result).replaceAll(/\t\d+\s*$/gm, '\tAGE')

/** The epochs of a consumer group rise with the metadata that its coordinator has seen, which is a matter of time. */
export const epochless = (result: CommandResult): string =>
  everything(result).replaceAll(/ \d+ +\d+ +(?=\d+\s*$)/gm, ' EPOCH EPOCH ')

/** APIs that our broker does not name are for replicas, security and groups that are not served; of all others the versions are the same. */
export const servedApis = (theirs: string, ours: string): string =>
  theirs.replaceAll(/(\w+\(\d+\)): \d[^\]]*\]/g, (line, api) =>
    ours.includes(`${api}: UNSUPPORTED`) ? `${api}: UNSUPPORTED` : line,
  )

interface InternalRecord {
  readonly value: {
    readonly data: {
      readonly transactionStatus?: number
      readonly transactionPartitions?: { readonly topic: string }[] | null
    }
  } | null
}

/** Of a transaction that goes on. */
const ONGOING = 1

/**
 * Records of internal topics, a line each, and each different one once: how often a consumer commits is a matter of time, and so is which
 * partition comes first into a transaction.
 */
export const internalRecords = ({ stdout }: CommandResult): string => {
  const records = stdout.trim().replaceAll('}{', '}\n{').split('\n')
  const normal = records.flatMap(line => {
    const record = JSON.parse(line) as InternalRecord
    if (record.value?.data.transactionStatus === ONGOING) return []
    record.value?.data.transactionPartitions?.sort((a, b) => (a.topic < b.topic ? -1 : 1))
    return JSON.stringify(record).replaceAll(/\b\d{13}\b/g, 'MILLISECONDS')
  })
  return [...new Set(normal)].toSorted().join('\n')
}
