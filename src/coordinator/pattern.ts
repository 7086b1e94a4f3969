/** A regular expression of a client. */
export interface Pattern {
  /** Whether the whole text matches. Takes time in proportion to the length of the text, and at worst to that of the pattern as well. */
  matches(text: string): boolean
}

/** Why there is no pattern: RE2's description, without the text it is about. */
export interface PatternProblem {
  readonly problem: string
}

/**
 * Instructions of a compiled pattern at most, about one for each character: what a text costs at worst grows with them. Kafka has no such
 * limit.
 */
const MAX_PROGRAM_SIZE = 10_000

/**
 * Compiles a pattern of RE2, as Kafka does with RE2J: no back references and no looking around, so no pattern takes exponential time.
 * What is refused are syntax errors and patterns of more than 10,000 instructions.
 */
export const compilePattern = (source: string): Pattern | PatternProblem => {
  if (source.length > MAX_PROGRAM_SIZE) return tooLarge
  const { RE2JS, RE2JSSyntaxException } = re2()
  try {
    const compiled = RE2JS.compile(source)
    return compiled.programSize() > MAX_PROGRAM_SIZE ? tooLarge : { matches: text => compiled.matches(text) }
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return { problem: error.getDescription() }
    throw error
  }
}

export const isProblem = <P extends Pattern>(compiled: P | PatternProblem): compiled is PatternProblem =>
  'problem' in compiled

const tooLarge: PatternProblem = { problem: 'pattern too large' }

/** Most brokers never see a pattern, and the library takes a while to load. */
const re2 = () => require('re2js') as typeof import('re2js')
