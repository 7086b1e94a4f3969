import type { Setting } from './setting'

/** What a setting may hold, in words: `int of at least 1`, `list of compact, delete`, `boolean`. */
export const allowedValues = (setting: Setting): string => `${setting.type}${constraint(setting)}`

const constraint = ({ min, max, orElse, values, type }: Setting): string => {
  if (values !== undefined) return type === 'list' ? ` of ${values.join(', ')}` : `: ${values.join(', ')}`
  const exception = orElse === undefined ? '' : ` or ${orElse}`
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}${exception}`
  if (min !== undefined) return ` of at least ${min}${exception}`
  return max === undefined ? '' : ` of at most ${max}${exception}`
}
