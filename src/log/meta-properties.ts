import type { Disk } from '../io/disk'

export const META_PROPERTIES_FILE = 'meta.properties'
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'

/** Whose a log directory is. */
export interface MetaProperties {
  /** null: not said. */
  readonly clusterId: string | null
  readonly nodeId: number | null
  readonly directoryId: string | null
}

/** null when the file is absent. Throws `DamagedFile`. */
export declare const readMetaProperties: (disk: Disk, logDirectory: string) => MetaProperties | null

export declare const writeMetaProperties: (disk: Disk, logDirectory: string, properties: MetaProperties) => void

/** Whether the log directory was left in order; `brokerEpoch` is -1 when not said. null: it was not. */
export declare const readCleanShutdown: (disk: Disk, logDirectory: string) => { readonly brokerEpoch: number } | null

export declare const writeCleanShutdown: (disk: Disk, logDirectory: string, brokerEpoch: number) => void

export declare const removeCleanShutdown: (disk: Disk, logDirectory: string) => void
