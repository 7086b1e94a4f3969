import { compilePattern, isProblem, type Pattern, type PatternProblem } from '../pattern'

/** What a member subscribes to by `subscribedTopicRegex` (KIP-848). */
export interface TopicRegex extends Pattern {
  readonly source: string
}

/** `problem` is the message of an INVALID_REGULAR_EXPRESSION answer, as Kafka words it. */
export const compileTopicRegex = (source: string): TopicRegex | PatternProblem => {
  const compiled = compilePattern(source)
  if (isProblem(compiled)) {
    return { problem: `SubscribedTopicRegex \`${source}\` is not a valid regular expression: ${compiled.problem}.` }
  }
  return { ...compiled, source }
}
