/** One setting that keeps the broker from starting. */
export interface ConfigProblem {
  readonly name: string
  /** Null when it is the absence of the setting that is wrong. */
  readonly value: string | null
  /** Where the value was given: `server.properties:12`, `environment variable KAFKA_NUM_PARTITIONS`, `--set`. */
  readonly source: string
  /** What is wrong and what is allowed. */
  readonly reason: string
}

/** The configuration is refused as a whole: all that is wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    super(['The configuration is not valid.', ...problems.map(line)].join('\n'))
    this.problems = problems
  }
}

const line = ({ name, value, source, reason }: ConfigProblem): string =>
  `  ${value === null ? name : `${name}=${value}`} (${source}): ${reason}`
