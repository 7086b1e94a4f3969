/** One setting of a properties file. */
export interface Property {
  readonly name: string
  readonly value: string
  /** Line of the file, from 1, on which it begins. */
  readonly line: number
}

/** A text that is no properties file; `line` counts from 1. */
export class PropertiesSyntaxError extends Error {
  override readonly name = 'PropertiesSyntaxError'
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/**
 * Reads the syntax of java.util.Properties: comments begin with # or !, a backslash at the end continues a line, the name ends at the first
 * =, : or white space that is not escaped. A name that is there several times is returned several times; the last one counts.
 * @throws PropertiesSyntaxError for a \u without four hexadecimal digits, the only error that the syntax knows
 */
export const parseProperties = (text: string): Property[] =>
  logicalLines(text).map(({ content, line }) => {
    const nameEnd = endOfName(content)
    const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(content.slice(nameEnd))![0]
    return {
      name: unescaped(content.slice(0, nameEnd), line),
      value: unescaped(content.slice(nameEnd + separator.length), line),
      line,
    }
  })

interface LogicalLine {
  readonly content: string
  readonly line: number
}

/** Lines joined with their continuations, without blank ones and comments. A comment cannot be continued, nor begin within a line. */
const logicalLines = (text: string): LogicalLine[] => {
  const lines: LogicalLine[] = []
  let open: LogicalLine | null = null
  for (const [index, natural] of text.split(/\r\n|\n|\r/).entries()) {
    const trimmed = natural.replace(/^[ \t\f]+/, '')
    if (!open?.content && (trimmed === '' || trimmed[0] === '#' || trimmed[0] === '!')) continue
    const continues = /(?<!\\)(\\\\)*\\$/.test(trimmed)
    const content: string = (open?.content ?? '') + (continues ? trimmed.slice(0, -1) : trimmed)
    const joined: LogicalLine = { content, line: open?.line ?? index + 1 }
    open = continues ? joined : null
    if (!continues) lines.push(joined)
  }
  if (open !== null) lines.push(open)
  return lines.filter(({ content }) => content !== '')
}

const endOfName = (content: string): number => /^(?:\\.|[^\\=: \t\f])*\\?/s.exec(content)![0].length

const CONTROL_CHARACTERS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

const unescaped = (text: string, line: number): string =>
  text.replace(/\\(u([0-9a-fA-F]{4})?|.|$)/gs, (_, escaped: string, code: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
    if (escaped === 'u') throw new PropertiesSyntaxError('\\u must be followed by four hexadecimal digits', line)
    return CONTROL_CHARACTERS[escaped] ?? escaped
  })
