/** What no two brokers, and no two runs, have in common, and what is compared instead of it. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  // Of lines of a log.
  [/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] /gm, '[time] '],
  [/\d{4}([-/])\d\d\1\d\d \d\d:\d\d:\d\d[:,]\d{3}/g, 'time'],
  // Ids of members and clients.
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UUID'],
  // Groups of consumers that were given none: behind UUIDs, which may begin with digits; before ids, which are as long as one with five.
  [/(console-consumer-|perf-consumer-)\d+/g, '$1N'],
  // Ids of topics and clusters.
  [/(?<![\w-])[\w-]{22}(?![\w-])/g, 'ID'],
  [/(producer id |producerId=|pid=|producerId":|ProducerId=)\d+/gi, '$1N'],
  // Times.
  [/\b\d{13}\b/g, 'MILLISECONDS'],
]

/** Makes what a tool has printed comparable; `hide` gives what else to hide: addresses and folders of the broker. */
export const masked = (printed: string, hide: Readonly<Record<string, string>>): string => {
  let text = printed
  for (const [value, name] of Object.entries(hide)) text = text.replaceAll(value, name)
  for (const [pattern, name] of MASKS) text = text.replaceAll(pattern, name)
  // Columns are as wide as the widest value.
  return text.replaceAll(/[ \t]+/g, ' ').replaceAll(/ $/gm, '')
}
