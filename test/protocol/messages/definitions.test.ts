import type { FieldDefinition } from '../../../protocol/schema/message'
import { allDefinitions } from '../../support/definitions'
import { type GoldenDefinition, type GoldenField, goldenDefinitions } from '../../support/golden-messages'

const definitions = allDefinitions()
const LONG_MAX = '9223372036854775807'

/** All that decides about bytes and values of a field, in one notation for Kafka's definitions and for ours. */
interface Comparable {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullableVersions: string
  readonly taggedVersions: string
  readonly tag: number
  readonly flexibleVersions: string
  readonly default: string
  readonly fields: readonly Comparable[]
}

const ofKafka = (definition: GoldenDefinition, fields: readonly GoldenField[] = definition.fields): Comparable[] => {
  const commonFields = (type: string) => definition.commonStructs?.find(({ name }) => name === type)?.fields
  return fields.map(field => ({
    name: camelCase(field.name),
    type: field.type,
    versions: field.versions,
    nullableVersions: field.nullableVersions ?? 'none',
    taggedVersions: field.taggedVersions ?? 'none',
    tag: field.tag ?? -1,
    flexibleVersions: field.flexibleVersions ?? 'as the message',
    default: defaultText(field.type, field.default),
    fields: ofKafka(definition, field.fields ?? commonFields(field.type.replace('[]', '')) ?? []),
  }))
}

const ofOurs = (fields: readonly FieldDefinition[]): Comparable[] =>
  fields.map(field => ({
    name: field.name,
    type: field.type,
    versions: field.versions,
    nullableVersions: field.nullableVersions ?? 'none',
    taggedVersions: field.taggedVersions ?? 'none',
    tag: field.tag ?? -1,
    flexibleVersions: field.flexibleVersions ?? 'as the message',
    default:
      field.int64 === 'saturate' && field.default === Number.MAX_SAFE_INTEGER
        ? LONG_MAX
        : defaultText(field.type, field.default),
    fields: ofOurs(field.fields ?? []),
  }))

const camelCase = (name: string): string => name[0]!.toLowerCase() + name.slice(1)

/** Kafka's definitions write numbers in several ways, and may leave out what is zero, false or empty anyway. */
const defaultText = (type: string, value: string | number | boolean | null | undefined): string => {
  if (value === null || value === 'null') return 'null'
  if (type === 'bool') return `${value ?? false}`.toLowerCase()
  if (type === 'string') return `'${value ?? ''}'`
  if (value === undefined) return 'zero or empty'
  const number = `${BigInt(value)}`
  return number === '0' ? 'zero or empty' : number
}

describe('the definition of', () => {
  it.each(goldenDefinitions().messages)('$name is that of Kafka, field by field', kafka => {
    const ours = definitions.get(kafka.name)!
    expect(ours.versions).toBe(kafka.validVersions)
    expect(ours.flexibleVersions).toBe(kafka.flexibleVersions)
    expect(ofOurs(ours.fields)).toEqual(ofKafka(kafka))
  })
})

it('every definition has one of Kafka beside it, and the other way round', () => {
  const ofKafka = goldenDefinitions().messages.map(({ name }) => name)
  expect([...definitions.keys()].sort()).toEqual(ofKafka.sort())
})

it('an int64 beyond the safe integers is expected where clients or coordinators have one, and refused elsewhere', () => {
  const marked = (fields: readonly FieldDefinition[], path: string): string[] =>
    fields.flatMap(field => [
      ...(field.int64 ? [`${path}.${field.name}: ${field.int64}`] : []),
      ...marked(field.fields ?? [], `${path}.${field.name}`),
    ])
  const paths = [...definitions.values()].flatMap(({ name, fields }) => marked(fields, name))
  expect(paths.sort()).toEqual([
    'ConsumerGroupMetadataValue.metadataHash: bigint',
    'CreateDelegationTokenRequest.maxLifetimeMs: saturate',
    'DeleteRecordsRequest.topics.partitions.offset: saturate',
    'ExpireDelegationTokenRequest.expiryTimePeriodMs: saturate',
    'FetchRequest.topics.partitions.fetchOffset: saturate',
    'FetchRequest.topics.partitions.highWatermark: saturate',
    'ListOffsetsRequest.topics.partitions.timestamp: saturate',
    'ListTransactionsRequest.durationFilter: saturate',
    'OffsetCommitRequest.retentionTimeMs: saturate',
    'OffsetCommitValue.expireTimestamp: saturate',
    'RenewDelegationTokenRequest.renewPeriodMs: saturate',
    'ShareGroupMetadataValue.metadataHash: bigint',
    'StreamsGroupMetadataValue.metadataHash: bigint',
  ])
})
