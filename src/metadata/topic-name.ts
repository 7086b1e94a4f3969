/** Topics that belong to the broker itself; clients see them marked as internal. */
export const INTERNAL_TOPICS: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

export const isInternalTopic = (name: string): boolean => INTERNAL_TOPICS.has(name)

/** Kafka's metadata log; nobody may create a topic of this name. */
export const CLUSTER_METADATA_TOPIC = '__cluster_metadata'

const MAX_NAME_LENGTH = 249

/** Why a topic cannot have this name, in Kafka's words (INVALID_TOPIC_EXCEPTION); null: it can. */
export const topicNameProblem = (name: string): string | null => {
  const reason = invalidReason(name)
  return reason === null ? null : `Topic name is invalid: ${reason}`
}

const invalidReason = (name: string): string | null => {
  if (name === '') return 'the empty string is not allowed'
  if (name === '.' || name === '..') return `'${name}' is not allowed`
  if (name.length > MAX_NAME_LENGTH) {
    return `the length of '${name}' is longer than the max allowed length ${MAX_NAME_LENGTH}`
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  return null
}

/** Topics with the same key must not be there together: their metrics would have one name. Null for names that cannot clash. */
export const collisionKey = (name: string): string | null => (/[._]/.test(name) ? name.replaceAll('.', '_') : null)

export const isValidTopicName = (name: string): boolean => invalidReason(name) === null
