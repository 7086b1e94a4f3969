/** An option of one of Kafka's command-line tools. */
export interface ToolOption {
  readonly name: string
  /** What its argument is; without it the option is a flag. */
  readonly argument?: string
  readonly meaning: string
}

/** A command line that is not understood. */
export class ToolUsageError extends Error {
  override readonly name = 'ToolUsageError'
}

/** Options as they were given. */
export class ToolArguments {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** All arguments of an option that may be repeated. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** The last argument of an option, null: not given. */
  text(name: string): string | null {
    return this.all(name).at(-1) ?? null
  }

  required(name: string): string {
    const text = this.text(name)
    if (text === null) throw new ToolUsageError(`Missing required argument "[${name}]"`)
    return text
  }

  /** A whole number, null: not given. */
  integer(name: string): number | null {
    const text = this.text(name)
    if (text === null) return null
    const number = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(number)) {
      throw new ToolUsageError(`Cannot parse argument '${text}' of option ${name}`)
    }
    return number
  }

  /** The one among these that is given. */
  action<Name extends string>(names: readonly Name[]): Name {
    const given = names.filter(name => this.has(name))
    if (given.length === 1) return given[0]!
    const listed = names.map(name => `--${name}`)
    const allButLast = listed.slice(0, -1).join(', ')
    throw new ToolUsageError(`Command must include exactly one action: ${allButLast} or ${listed.at(-1)}`)
  }

  /** The `name=value` among the arguments of an option. */
  pairs(name: string): Map<string, string> {
    return new Map(
      this.all(name).map(pair => {
        const at = pair.indexOf('=')
        return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      }),
    )
  }
}

/**
 * Reads a command line as Kafka's tools do: `--name value`, `--name=value`, `--flag`.
 * @throws ToolUsageError for what is not among the options
 */
export const parseToolArguments = (options: readonly ToolOption[], args: readonly string[]): ToolArguments => {
  const values = new Map<string, string[]>()
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = word, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const option = word.startsWith('--') ? options.find(candidate => candidate.name === name) : undefined
    if (option === undefined) throw new ToolUsageError(`${name} is not a recognized option`)
    const given = values.get(name) ?? []
    values.set(name, given)
    if (option.argument === undefined) continue
    const argument = attached ?? rest.shift()
    if (argument === undefined) throw new ToolUsageError(`Option ${name} requires an argument`)
    given.push(argument)
  }
  return new ToolArguments(values)
}

const LEFT_WIDTH = 44

/** The options with what they mean, one on a line. */
export const renderToolOptions = (options: readonly ToolOption[]): string =>
  [...options]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, argument, meaning }) => `--${name}${argument ? ` <${argument}>` : ''}`.padEnd(LEFT_WIDTH) + meaning)
    .join('\n')
