import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { DescribeLogDirs } from '../../protocol/messages/35-describe-log-dirs'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { encodeBatch } from '../../protocol/records/record-batch'
import { pause } from './coordinator'
import { LoadConnection, prepare } from './load-connection'

export interface CompactLoad {
  readonly host: string
  readonly port: number
  /** Has one partition, and is not compacted yet. */
  readonly topic: string
}

const MIB = 1024 * 1024
const TOTAL_BYTES = 512 * MIB
const KEYS = 10_000
const VALUE_BYTES = 1000
const RECORDS_PER_BATCH = 16
const IN_FLIGHT = 5
const PRODUCE_VERSION = 9
const ALTER_VERSION = 1
const DESCRIBE_VERSION = 2
const TOPIC = 2
const POLL_MS = 20
const TIMEOUT_MS = 600_000

/** Fills a topic, makes it a compacted one, and waits until only its newest segments are not clean. */
export const runCompactLoad = async (load: CompactLoad): Promise<{ mebibytes: number; seconds: number }> => {
  const connection = await LoadConnection.open(load.host, load.port)
  await fill(connection, load.topic)
  const before = await sizeOf(connection, load.topic)
  await setConfigs(connection, load.topic, { 'min.cleanable.dirty.ratio': '0.01', 'cleanup.policy': 'compact' })
  const startedAt = performance.now()
  // The active segment stays as it is; what is clean holds each key once.
  const isClean = (size: number) => size < before / 3
  while (!isClean(await sizeOf(connection, load.topic))) {
    if (performance.now() - startedAt > TIMEOUT_MS) throw new Error('the topic was not compacted')
    await pause(POLL_MS)
  }
  const seconds = (performance.now() - startedAt) / 1000
  connection.close()
  return { mebibytes: before / MIB, seconds }
}

const fill = (connection: LoadConnection, topic: string): Promise<void> => {
  const batches = Array.from({ length: KEYS / RECORDS_PER_BATCH }, (_, at) => batchOf(at * RECORDS_PER_BATCH))
  const requests = batches.map(records => {
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
    return prepare(Produce, PRODUCE_VERSION, { acks: 1, timeoutMs: 30_000, topicData })
  })
  let left = Math.ceil(TOTAL_BYTES / batches[0]!.length)
  return new Promise((resolve, reject) => {
    connection.onFailure(reject)
    let inFlight = 0
    const send = () => {
      inFlight++
      connection.send(requests[left-- % requests.length]!, () => {
        inFlight--
        if (left > 0) send()
        else if (inFlight === 0) resolve()
      })
    }
    for (let at = 0; at < IN_FLIGHT; at++) send()
  })
}

const batchOf = (firstKey: number): Buffer => {
  const timestamp = Date.now()
  const records = Array.from({ length: RECORDS_PER_BATCH }, (_, at) => ({
    key: Buffer.from(`key-${firstKey + at}`),
    value: Buffer.alloc(VALUE_BYTES, 97 + (at % 26)),
    timestamp,
  }))
  return encodeBatch({ records })
}

const sizeOf = async (connection: LoadConnection, topic: string): Promise<number> => {
  const answer = await connection.request(DescribeLogDirs, DESCRIBE_VERSION, { topics: [{ topic, partitions: [0] }] })
  return answer.results[0]!.topics[0]!.partitions[0]!.partitionSize
}

const setConfigs = async (connection: LoadConnection, topic: string, values: Readonly<Record<string, string>>) => {
  const configs = Object.entries(values).map(([name, value]) => ({ name, value, configOperation: 0 }))
  const resources = [{ resourceType: TOPIC, resourceName: topic, configs }]
  const { responses } = await connection.request(IncrementalAlterConfigs, ALTER_VERSION, { resources })
  const { errorCode, errorMessage } = responses[0]!
  if (errorCode !== ErrorCode.NONE) throw new Error(`${errorName(errorCode)} ${errorMessage}`)
}
