/** Versions of a message or of a field: '3', '3-12' (both included), '3+' (3 and all later ones), 'none'. */
export type Versions = `${number}` | `${number}-${number}` | `${number}+` | 'none'

/** First and last version, both included; no version is in a range whose last is below its first. */
export type VersionRange = readonly [first: number, last: number]

const NO_VERSION: VersionRange = [0, -1]

/** Ranges are few, and asked for with every record that is decoded. */
const parsed = new Map<Versions, VersionRange>()

/** '3+' has no last version: Infinity. Throws Error when `versions` does not follow the grammar. */
export const parseVersions = (versions: Versions): VersionRange => {
  const known = parsed.get(versions)
  if (known) return known
  const range = parse(versions)
  parsed.set(versions, range)
  return range
}

const parse = (versions: Versions): VersionRange => {
  if (versions === 'none') return NO_VERSION
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(versions)
  if (match === null) throw new Error(`'${versions}' is not a range of versions`)
  const first = Number(match[1])
  if (match[2] !== undefined) return [first, Number.POSITIVE_INFINITY]
  return [first, match[3] === undefined ? first : Number(match[3])]
}

/** False when there is no range. */
export const includesVersion = (versions: Versions | undefined, version: number): boolean => {
  if (versions === undefined) return false
  const [first, last] = parseVersions(versions)
  return version >= first && version <= last
}
