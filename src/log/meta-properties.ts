import { PropertiesSyntaxError, parseProperties } from '../config/properties-file'
import type { Disk } from '../io/disk'
import { DamagedFile } from './damaged-file'

export const META_PROPERTIES_FILE = 'meta.properties'

const VERSION = 1

/** Whose a log directory is (Kafka's MetaProperties). */
export interface MetaProperties {
  /** null: not said. */
  readonly clusterId: string | null
  readonly nodeId: number | null
  /** Random, in base64url; tells the log directories of a broker apart (KIP-858). */
  readonly directoryId: string | null
}

/** null when the file is absent. Version 0, of clusters with ZooKeeper, is read too. Throws `DamagedFile`. */
export const readMetaProperties = (disk: Disk, logDirectory: string): MetaProperties | null => {
  const path = `${logDirectory}/${META_PROPERTIES_FILE}`
  const content = disk.readFile(path)
  if (content === null) return null
  const values = new Map(propertiesOf(path, content.toString('utf8')).map(({ name, value }) => [name, value]))
  const version = Number(values.get('version') ?? '0')
  if (version !== 0 && version !== VERSION) throw new DamagedFile(path, `has version ${values.get('version')}`)
  const nodeId = values.get(version === 0 ? 'broker.id' : 'node.id')
  if (nodeId !== undefined && !/^\d{1,10}$/.test(nodeId)) throw new DamagedFile(path, `says that the node is ${nodeId}`)
  return {
    clusterId: values.get('cluster.id') ?? null,
    nodeId: nodeId === undefined ? null : Number(nodeId),
    directoryId: values.get('directory.id') ?? null,
  }
}

/** Replaces the file; what is null is left out. */
export const writeMetaProperties = (disk: Disk, logDirectory: string, properties: MetaProperties): void => {
  const { clusterId, nodeId, directoryId } = properties
  const values = { 'cluster.id': clusterId, 'directory.id': directoryId, 'node.id': nodeId, version: VERSION }
  const lines = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : `${name}=${escaped(value)}\n`))
  disk.replaceFile(`${logDirectory}/${META_PROPERTIES_FILE}`, lines.join(''))
}

const propertiesOf = (path: string, text: string) => {
  try {
    return parseProperties(text)
  } catch (error) {
    if (error instanceof PropertiesSyntaxError) throw new DamagedFile(path, `line ${error.line}: ${error.message}`)
    throw error
  }
}

const escaped = (value: string | number): string => String(value).replace(/[\\=:#!]/g, '\\$&')
