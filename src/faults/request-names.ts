/** Which topics and groups a request names, found by its definition. */
import type { Api } from '../../protocol/schema/api'
import type { FieldDefinition } from '../../protocol/schema/message'

/** A decoded structure of a message. */
export type Structure = Readonly<Record<string, unknown>>

/** The name of a topic by its id; undefined when there is no such topic. */
export type TopicNameById = (topicId: string) => string | undefined

const TOPIC_LISTS = /^(topics|topicData|topicNames|v3AndBelowTopics)$/
const GROUP_FIELDS = /^(groupId|groups|groupsNames|groupIds|coordinatorKeys)$/
/** The type of resource that is a topic, in requests about settings. */
const TOPIC_RESOURCE = 2
/** The type of coordinator of groups. */
const GROUP_KEY = 0

const isResourceList = ({ name }: FieldDefinition): boolean => name === 'resources'
const isTopicList = (field: FieldDefinition): boolean => TOPIC_LISTS.test(field.name) || isResourceList(field)

const hasField = (fields: readonly FieldDefinition[], test: (field: FieldDefinition) => boolean): boolean =>
  fields.some(field => test(field) || (field.fields !== undefined && hasField(field.fields, test)))

export const namesTopics = ({ request }: Api): boolean => hasField(request.fields, isTopicList)

export const namesGroups = ({ request }: Api): boolean => request.fields.some(({ name }) => GROUP_FIELDS.test(name))

export const namesGroup = (request: Structure, groupId: string): boolean => {
  if (request['groupId'] === groupId) return true
  if (request['keyType'] === GROUP_KEY) {
    return request['key'] === groupId || listOf(request['coordinatorKeys']).includes(groupId)
  }
  return ['groups', 'groupsNames', 'groupIds'].some(name =>
    listOf(request[name]).some(group => group === groupId || (group as Structure)['groupId'] === groupId),
  )
}

const topicNameOf = (element: unknown, nameById: TopicNameById): string | null => {
  if (typeof element === 'string') return element
  const { name, topic, topicId, resourceType, resourceName } = element as Structure
  if (resourceType !== undefined) return resourceType === TOPIC_RESOURCE ? (resourceName as string) : null
  return ((name as string) || (topic as string) || nameById(topicId as string)) ?? null
}

export interface Selection {
  /** The request without the topics that were not selected. */
  readonly request: Structure
  /** How many topics it names. */
  readonly topics: number
}

/** A request with only those of its topics that `isWanted`. What held nothing but others goes with them. */
export const selectTopics = (
  fields: readonly FieldDefinition[],
  request: Structure,
  nameById: TopicNameById,
  isWanted: (topic: string | null) => boolean,
): Selection => {
  const selected: Record<string, unknown> = { ...request }
  let topics = 0
  for (const field of fields) {
    const list = request[field.name]
    if (!Array.isArray(list)) continue
    if (isTopicList(field)) {
      const wanted = list.filter(element => isWanted(topicNameOf(element, nameById)))
      selected[field.name] = wanted
      topics += wanted.length
    } else if (field.fields && hasField(field.fields, isTopicList)) {
      const parts = list.map(element => selectTopics(field.fields!, element, nameById, isWanted))
      selected[field.name] = parts.filter(part => part.topics > 0).map(part => part.request)
      topics += parts.reduce((sum, part) => sum + part.topics, 0)
    }
  }
  return { request: selected, topics }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
