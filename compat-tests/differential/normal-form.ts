import { errorName } from '../../protocol/errors'
import { InvalidBatch } from '../../protocol/records/invalid-batch'
import { decodeRecords, iterateBatches } from '../../protocol/records/record-batch'
import type { FieldDefinition, MessageDefinition } from '../../protocol/schema/message'
import { ZERO_UUID } from '../../protocol/wire/uuid'

/** Plain data that can be compared: objects, arrays, texts, numbers, booleans, null. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain }

const NEAR_MS = 3_600_000
const BATCH_BYTES_MAX = 16 * 1024 * 1024
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const BASE64_UUID = /^[\w-]{22}$/

/** Fields whose values no two brokers share, and what is left to compare of them. `undefined`: nothing. */
const MASKS: Readonly<Record<string, (value: unknown) => Plain | undefined>> = {
  throttleTimeMs: () => undefined,
  clusterId: value => (value === null ? null : 'a cluster id'),
  finalizedFeaturesEpoch: () => undefined,
  errorMessage: value => (value ? 'a message' : (value as string | null)),
  batchIndexErrorMessage: value => (value ? 'a message' : (value as string | null)),
  documentation: value => (value ? 'a text' : null),
  logDir: () => 'a directory',
  totalBytes: value => Math.sign(Number(value)),
  usableBytes: value => Math.sign(Number(value)),
  coordinatorEpoch: () => undefined,
}

const PRODUCER_ID = /producerId$/i
/** Epochs of a consumer group rise with the metadata that its coordinator has seen, which is a matter of time. */
const GROUP_EPOCH = /^(memberEpoch|groupEpoch|assignmentEpoch)$/

/** Structures that have no order of their own, by what their elements are known by: fields, of which ids must have occurred before. */
const UNORDERED: Readonly<Record<string, readonly string[]>> = {
  'MetadataResponse.topics': ['name'],
  'CreateTopicsResponse.topics': ['name', 'errorCode'],
  'CreateTopicsResponse.topics.configs': ['name'],
  'DeleteTopicsResponse.responses': ['name', 'errorCode'],
  'DeleteRecordsResponse.topics': ['name'],
  'DeleteRecordsResponse.topics.partitions': ['partitionIndex'],
  'CreatePartitionsResponse.results': ['name'],
  'DescribeConfigsResponse.results': ['resourceType', 'resourceName'],
  'DescribeConfigsResponse.results.configs': ['name'],
  'AlterConfigsResponse.responses': ['resourceType', 'resourceName'],
  'IncrementalAlterConfigsResponse.responses': ['resourceType', 'resourceName'],
  'ConsumerGroupDescribeResponse.groups': ['groupId'],
  'DescribeGroupsResponse.groups': ['groupId'],
  'DescribeGroupsResponse.groups.members': ['memberId'],
  'ListGroupsResponse.groups': ['groupId'],
  'ListTransactionsResponse.transactionStates': ['transactionalId'],
  'DeleteGroupsResponse.results': ['groupId'],
  'OffsetFetchResponse.topics': ['name'],
  'OffsetFetchResponse.topics.partitions': ['partitionIndex'],
  'OffsetFetchResponse.groups': ['groupId'],
  'OffsetFetchResponse.groups.topics': ['name'],
  'OffsetFetchResponse.groups.topics.partitions': ['partitionIndex'],
  'OffsetCommitResponse.topics': ['name'],
  'OffsetDeleteResponse.topics': ['name'],
  'OffsetDeleteResponse.topics.partitions': ['partitionIndex'],
  'TxnOffsetCommitResponse.topics': ['name'],
  'ListOffsetsResponse.topics': ['name'],
  'OffsetForLeaderEpochResponse.topics': ['topic'],
  'DescribeLogDirsResponse.results.topics': ['name'],
  'DescribeLogDirsResponse.results.topics.partitions': ['partitionIndex'],
  'AlterReplicaLogDirsResponse.results': ['topicName'],
  'AlterReplicaLogDirsResponse.results.partitions': ['partitionIndex'],
  'AddPartitionsToTxnResponse.resultsByTopicV3AndBelow': ['name'],
  'AddPartitionsToTxnResponse.resultsByTopicV3AndBelow.resultsByPartition': ['partitionIndex'],
  'AddPartitionsToTxnResponse.resultsByTransaction': ['transactionalId'],
  'AddPartitionsToTxnResponse.resultsByTransaction.topicResults': ['name'],
  'AddPartitionsToTxnResponse.resultsByTransaction.topicResults.resultsByPartition': ['partitionIndex'],
  'DescribeTransactionsResponse.transactionStates': ['transactionalId'],
  'DescribeTransactionsResponse.transactionStates.topics': ['topic'],
  'JoinGroupResponse.members': ['memberId'],
  'ProduceResponse.responses': ['name'],
  'ProduceResponse.responses.partitionResponses': ['index'],
  'WriteTxnMarkersResponse.markers.topics.partitions': ['partitionIndex'],
  'DescribeProducersResponse.topics': ['name'],
  'ListConfigResourcesResponse.configResources': ['resourceType', 'resourceName'],
  'ApiVersionsResponse.apiKeys': ['apiKey'],
  'ApiVersionsResponse.supportedFeatures': ['name'],
  'ApiVersionsResponse.finalizedFeatures': ['name'],
}

/**
 * Makes answers of one broker to one script comparable with those of another broker: ids are named in the order in which they occur, so
 * that it still shows which of them are equal; times near `now` (ms) are `now`.
 */
export class NormalForm {
  readonly #now: number
  readonly #port: number
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(options: { readonly now: number; readonly port: number }) {
    this.#now = options.now
    this.#port = options.port
  }

  of(definition: MessageDefinition, answer: unknown): Plain {
    return this.#structure(definition.fields, answer as Record<string, unknown>, definition.name)
  }

  #structure(fields: readonly FieldDefinition[], value: Record<string, unknown>, path: string): Plain {
    const plain: Record<string, Plain> = {}
    for (const field of fields) {
      if (!(field.name in value)) continue
      const mask = MASKS[field.name]
      const part = mask ? mask(value[field.name]) : this.#field(field, value[field.name], `${path}.${field.name}`)
      if (part !== undefined) plain[field.name] = part
    }
    return plain
  }

  #field(field: FieldDefinition, value: unknown, path: string): Plain {
    if (value === null || value === undefined) return null
    if (!Array.isArray(value)) return this.#element(field, field.type, value, path)
    const type = field.type.slice(2)
    const keys = UNORDERED[path]
    if (!keys) return value.map(element => this.#element(field, type, element, path))
    const keyed = this.#sortedByKey(value as Record<string, unknown>[], keys)
    return Object.fromEntries(keyed.map(([key, element]) => [`[${key}]`, this.#element(field, type, element, path)]))
  }

  #element(field: FieldDefinition, type: string, value: unknown, path: string): Plain {
    if (field.fields) return this.#structure(field.fields, value as Record<string, unknown>, path)
    if (type === 'records') return this.#records(value as Buffer)
    if (Buffer.isBuffer(value)) return value.toString('latin1')
    if (type === 'uuid') return value === ZERO_UUID ? 'no id' : this.#named('id', String(value))
    if (typeof value === 'string') return this.#text(field.name, value)
    if (typeof value === 'number') return this.#number(field.name, value)
    return value as boolean
  }

  #text(name: string, value: string): string {
    if (name === 'memberId' && BASE64_UUID.test(value)) return this.#named('id', value)
    return value.replace(UUID, id => this.#named('id', id))
  }

  #number(name: string, value: number): Plain {
    if (/errorCode$/i.test(name)) return errorName(value)
    if (name === 'port' && value === this.#port) return 'its port'
    if (name === 'sessionId' && value !== 0) return this.#named('session', String(value))
    if (PRODUCER_ID.test(name)) return this.#producerId(value)
    if (GROUP_EPOCH.test(name) && value > 0) return this.#named('epoch', String(value))
    return this.#time(value)
  }

  #records(buffer: Buffer): Plain {
    return Array.from(iterateBatches(buffer), ({ position, header }) => {
      const { sizeInBytes, crc: _, producerId, baseTimestamp, maxTimestamp, ...rest } = header
      return {
        ...rest,
        producerId: this.#producerId(producerId),
        baseTimestamp: this.#time(baseTimestamp),
        maxTimestamp: this.#time(maxTimestamp),
        sizeInBytes,
        records: this.#recordsAt(buffer, position),
      }
    })
  }

  #recordsAt(buffer: Buffer, position: number): Plain {
    try {
      return decodeRecords(buffer, position, { maxBytes: BATCH_BYTES_MAX }).map(record => ({
        offset: record.offset,
        timestamp: this.#time(record.timestamp),
        key: record.key?.toString('latin1') ?? null,
        value: record.value?.toString('latin1') ?? null,
        headers: record.headers.map(({ key, value }) => `${key}=${value?.toString('latin1') ?? null}`),
      }))
    } catch (error) {
      if (error instanceof InvalidBatch) return 'records that cannot be read'
      throw error
    }
  }

  #producerId(value: number): Plain {
    return value < 0 ? value : this.#named('producer', String(value))
  }

  #time(value: number): Plain {
    return Math.abs(value - this.#now) < NEAR_MS ? 'now' : value
  }

  #named(kind: string, value: string): string {
    const known = this.#names.get(`${kind} ${value}`)
    if (known) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    this.#names.set(`${kind} ${value}`, `${kind} #${count}`)
    return `${kind} #${count}`
  }

  /** Equal keys get a number, so that none is lost. */
  #sortedByKey(elements: readonly Record<string, unknown>[], names: readonly string[]) {
    const counts = new Map<string, number>()
    const keyed = elements.map(element => {
      const key = names.map(name => this.#text(name, String(element[name]))).join(' ')
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return [count === 1 ? key : `${key} #${count}`, element] as const
    })
    return keyed.toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
}
