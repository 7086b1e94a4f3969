/** A regular expression of a client. */
export interface Pattern {
  /** Instructions that it was compiled to: what a text costs at worst is in proportion to them. */
  readonly size: number
  /** Whether the whole text matches. Takes time in proportion to the length of the text, and at worst to the size of the pattern as well. */
  matches(text: string): boolean
}

/** Why there is no pattern: RE2's description, without the text it is about. */
export interface PatternProblem {
  readonly problem: string
}

/** About one for each character. Kafka has no such limit. */
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
    const size = compiled.programSize()
    return size > MAX_PROGRAM_SIZE ? tooLarge : { size, matches: text => compiled.matches(text) }
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
