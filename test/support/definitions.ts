import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MessageDefinition } from '../../protocol/schema/message'
import { parseVersions } from '../../protocol/schema/versions'

const PROTOCOL = join(__dirname, '../../protocol')

/** Every message that a file of `protocol/messages` or `protocol/records-on-disk` exports, by name. */
export const allDefinitions = (): ReadonlyMap<string, MessageDefinition> => {
  const definitions = new Map<string, MessageDefinition>()
  for (const folder of ['messages', 'records-on-disk']) {
    for (const file of readdirSync(join(PROTOCOL, folder))) {
      for (const exported of Object.values(require(join(PROTOCOL, folder, file)))) {
        if (isDefinition(exported)) definitions.set(exported.name, exported)
      }
    }
  }
  return definitions
}

const isDefinition = (exported: unknown): exported is MessageDefinition =>
  typeof exported === 'object' && exported !== null && 'fields' in exported && 'flexibleVersions' in exported

export const versionsOf = ({ versions }: MessageDefinition): number[] => {
  const [first, last] = parseVersions(versions)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
