/**
 * The answer of any API that says that a request has failed, made by the definitions of its messages: for each topic, partition, group or
 * resource that the request names there is an element of the answer, and the error stands in the innermost place or in the outermost one.
 */
import { ErrorCode } from '../../protocol/errors'
import type { Api } from '../../protocol/schema/api'
import type { FieldDefinition } from '../../protocol/schema/message'
import { includesVersion } from '../../protocol/schema/versions'
import type { Structure } from './request-names'

/** What an element of a request and its element of the answer have in common, whatever it is called in each. */
const IDENTITIES: Readonly<Record<string, string>> = {
  name: 'topic',
  topic: 'topic',
  topicName: 'topic',
  topicId: 'topicId',
  index: 'partition',
  partition: 'partition',
  partitionIndex: 'partition',
  groupId: 'group',
  key: 'group',
  transactionalId: 'transaction',
  producerId: 'producer',
  memberId: 'member',
  groupInstanceId: 'instance',
  resourceType: 'resourceType',
  resourceName: 'resource',
}

/** Errors of single partitions and topics. Where an answer has a place outside of them too, all other errors stand there. */
const OF_PARTITIONS: ReadonlySet<number> = new Set([
  ErrorCode.OFFSET_OUT_OF_RANGE,
  ErrorCode.CORRUPT_MESSAGE,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.REPLICA_NOT_AVAILABLE,
  ErrorCode.INVALID_TOPIC_EXCEPTION,
  ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_LEADER_EPOCH,
  ErrorCode.OFFSET_NOT_AVAILABLE,
  ErrorCode.UNSTABLE_OFFSET_COMMIT,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.INCONSISTENT_TOPIC_ID,
])

/** Numbers that have to say that there is nothing to tell. */
const UNKNOWN_NUMBERS = /(offset|timestamp|watermark|leaderEpoch|producerId|producerEpoch|nodeId|^port)$/i
const MESSAGE = 'A fault that was asked for.'
const NO_RECORDS = Buffer.alloc(0)

const isErrorCode = ({ name, type }: FieldDefinition): boolean =>
  type === 'int16' && /^(partition)?errorCode$/i.test(name)
const isList = ({ type }: FieldDefinition): boolean => type.startsWith('[]')
const bearsErrors = (field: FieldDefinition): boolean =>
  isList(field) && (field.fields ?? []).some(inner => isErrorCode(inner) || bearsErrors(inner))

/** An element of a request, with its definition: no fields when it is a mere name or number. */
interface Source {
  readonly fields: readonly FieldDefinition[]
  readonly value: unknown
}

export interface Failure {
  readonly errorCode: number
  /** The error stands where topics are, even if it is one of a whole request. */
  readonly isOfTopics: boolean
}

export const errorAnswer = (api: Api, version: number, request: Structure, failure: Failure): Structure => {
  const builder = new ErrorAnswer(
    version,
    failure.errorCode,
    failure.isOfTopics || OF_PARTITIONS.has(failure.errorCode),
  )
  return builder.answer(api.response.fields, { fields: api.request.fields, value: request })
}

class ErrorAnswer {
  readonly #version: number
  readonly #errorCode: number
  readonly #isInner: boolean

  constructor(version: number, errorCode: number, isInner: boolean) {
    this.#version = version
    this.#errorCode = errorCode
    this.#isInner = isInner
  }

  answer(fields: readonly FieldDefinition[], source: Source): Structure {
    const { memberId } = source.value as Structure
    const failed = this.#failed(fields, source)
    return memberId === undefined ? failed : { memberId, ...failed }
  }

  #failed(all: readonly FieldDefinition[], source: Source): Structure {
    const fields = this.#known(all)
    const place = fields.find(isErrorCode)
    const lists = place && !this.#isInner ? [] : fields.filter(bearsErrors)
    const answer: Record<string, unknown> = {}
    for (const { name, type, default: fallback } of fields) {
      if (type === 'records') answer[name] = NO_RECORDS
      if (fallback === undefined && UNKNOWN_NUMBERS.test(name)) answer[name] = -1
      if (name === 'errorMessage') answer[name] = MESSAGE
    }
    let isSaid = false
    for (const list of lists) {
      const elements = this.#elementsFor(list, source)
      answer[list.name] = elements.map(element => ({
        ...this.#failed(list.fields!, element),
        ...this.#identity(list.fields!, element),
      }))
      isSaid ||= elements.length > 0
    }
    if (isSaid) return answer
    if (place) answer[place.name] = this.#errorCode
    // The answer tells of what the request does not name.
    else if (lists[0]) answer[lists[0].name] = [this.#failed(lists[0].fields!, { fields: [], value: {} })]
    return answer
  }

  /** The elements of the request that have an element in `list`, wherever they are in `source`. */
  #elementsFor(list: FieldDefinition, source: Source): Source[] {
    const requested = this.#known(source.fields).filter(field => isList(field) && !field.name.startsWith('forgotten'))
    const named = requested.filter(({ name }) => name === list.name)
    return (named.length > 0 ? named : requested).flatMap(field => {
      const values = (source.value as Structure)[field.name]
      if (!Array.isArray(values)) return []
      const elements = values.map(value => ({ fields: field.fields ?? [], value }))
      if (this.#corresponds(list, field)) return elements
      return elements.flatMap(element => this.#elementsFor(list, element))
    })
  }

  #corresponds(list: FieldDefinition, requested: FieldDefinition): boolean {
    const wanted = this.#known(list.fields!).filter(({ name }) => IDENTITIES[name])
    if (!requested.fields) return wanted.some(({ type }) => `[]${type}` === requested.type)
    const offered = new Set(this.#known(requested.fields).map(({ name }) => IDENTITIES[name]))
    return wanted.some(({ name }) => offered.has(IDENTITIES[name]))
  }

  #identity(all: readonly FieldDefinition[], { fields, value }: Source): Structure {
    const wanted = this.#known(all).filter(({ name }) => IDENTITIES[name])
    if (typeof value !== 'object' || value === null) {
      const type = typeof value === 'string' ? 'string' : 'int32'
      const place = wanted.find(field => field.type === type)
      return place ? { [place.name]: value } : {}
    }
    const offered = this.#known(fields)
    return Object.fromEntries(
      wanted.flatMap(({ name }) => {
        const same = offered.find(field => IDENTITIES[field.name] === IDENTITIES[name])
        return same ? [[name, (value as Structure)[same.name]]] : []
      }),
    )
  }

  #known(fields: readonly FieldDefinition[]): readonly FieldDefinition[] {
    return fields.filter(({ versions }) => includesVersion(versions, this.#version))
  }
}

/** One answer of two: elements of `failed` are put beside those of `served`, or into those that stand for the same. */
export const mergedAnswers = (fields: readonly FieldDefinition[], served: Structure, failed: Structure): Structure => {
  const merged: Record<string, unknown> = { ...served }
  for (const field of fields.filter(bearsErrors)) {
    const elements = [...((served[field.name] ?? []) as Structure[])]
    for (const element of (failed[field.name] ?? []) as Structure[]) {
      const at = elements.findIndex(other => haveSameIdentity(field.fields!, other, element))
      if (at < 0) elements.push(element)
      else elements[at] = mergedAnswers(field.fields!, elements[at]!, element)
    }
    merged[field.name] = elements
  }
  return merged
}

const haveSameIdentity = (fields: readonly FieldDefinition[], a: Structure, b: Structure): boolean =>
  fields.every(({ name }) => !IDENTITIES[name] || (a[name] ?? '') === (b[name] ?? ''))
