import type { Difference } from './comparison'

/** A difference that is meant. */
export interface KnownDifference {
  /** The name of the script; `*` stands for any text. */
  readonly script: string
  /** API and field, as printed without the places in arrays that have an order; `*` stands for any text. */
  readonly path: string
  readonly reason: string
}

/** The table in ../README.md is made of these. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = []

/** The entry that a difference belongs to. */
export const knownDifference = (script: string, { path }: Difference): KnownDifference | undefined =>
  KNOWN_DIFFERENCES.find(known => matches(known.script, script) && matches(known.path, path))

const matches = (pattern: string, text: string): boolean => {
  const parts = pattern.split('*').map(part => part.replaceAll(/[.\\^$+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}
