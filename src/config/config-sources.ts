import type { ConfigProblem } from './config-error'
import { environmentSettings } from './kafka-environment'
import { PropertiesSyntaxError, parseProperties } from './properties-file'

/** Everything that may say something about the configuration. Later members hide earlier ones. */
export interface ConfigSources {
  /** What holds when nobody says anything else. */
  readonly defaults?: Readonly<Record<string, string>>
  /** A properties file, by name and content. */
  readonly file?: { readonly name: string; readonly text: string }
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** `name=value`, as given by --set. */
  readonly sets?: readonly string[]
  /** Given by the program that starts the broker. */
  readonly options?: Readonly<Record<string, string>>
}

/** A value and where it was given, in words. */
export interface SourcedText {
  readonly text: string
  readonly source: string
}

/** Setting name -> what counts among the sources. */
export type SourcedTexts = ReadonlyMap<string, SourcedText>

/** Puts the sources over one another: options > --set > environment > file > defaults. Parts that cannot be read become problems. */
export const collectSettings = (sources: ConfigSources): { texts: SourcedTexts; problems: ConfigProblem[] } => {
  const texts = new Map<string, SourcedText>()
  const problems: ConfigProblem[] = []
  addAll(texts, sources.defaults, 'default')
  if (sources.file !== undefined) addFile(texts, sources.file, problems)
  for (const { name, value, variable } of environmentSettings(sources.environment ?? {})) {
    texts.set(name, { text: value, source: `environment variable ${variable}` })
  }
  for (const assignment of sources.sets ?? []) {
    const separator = assignment.indexOf('=')
    if (separator > 0) {
      texts.set(assignment.slice(0, separator).trim(), { text: assignment.slice(separator + 1), source: '--set' })
    } else {
      problems.push({ name: assignment, value: null, source: '--set', reason: 'Must be of the form name=value' })
    }
  }
  addAll(texts, sources.options, 'option')
  return { texts, problems }
}

const addAll = (
  texts: Map<string, SourcedText>,
  values: Readonly<Record<string, string>> = {},
  source: string,
): void => {
  for (const [name, text] of Object.entries(values)) texts.set(name, { text, source })
}

const addFile = (
  texts: Map<string, SourcedText>,
  file: { readonly name: string; readonly text: string },
  problems: ConfigProblem[],
): void => {
  try {
    for (const { name, value, line } of parseProperties(file.text)) {
      texts.set(name, { text: value, source: `${file.name}:${line}` })
    }
  } catch (error) {
    if (!(error instanceof PropertiesSyntaxError)) throw error
    problems.push({ name: file.name, value: null, source: `${file.name}:${error.line}`, reason: error.message })
  }
}
