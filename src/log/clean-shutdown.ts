import type { Disk } from '../io/disk'

/** The marker of a log directory that was left in order: every log flushed, indexes and snapshots complete (Kafka: CleanShutdownFileHandler). */
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'

const VERSION = 0

export interface CleanShutdown {
  /** Epoch of the broker when it stopped (KIP-966); -1 when not said. */
  readonly brokerEpoch: number
}

/** null when there is no marker. One that cannot be read counts, as in Apache Kafka: older releases leave it empty. */
export const readCleanShutdown = (disk: Disk, logDirectory: string): CleanShutdown | null => {
  const content = disk.readFile(markerOf(logDirectory))
  return content && { brokerEpoch: brokerEpochIn(content.toString('utf8')) }
}

export const writeCleanShutdown = (disk: Disk, logDirectory: string, { brokerEpoch }: CleanShutdown): void =>
  disk.replaceFile(markerOf(logDirectory), JSON.stringify({ version: VERSION, brokerEpoch }))

/** Takes the marker away for good, before anything changes. */
export const removeCleanShutdown = (disk: Disk, logDirectory: string): void => {
  disk.remove(markerOf(logDirectory))
  disk.syncDirectory(logDirectory)
}

const markerOf = (logDirectory: string): string => `${logDirectory}/${CLEAN_SHUTDOWN_FILE}`

const brokerEpochIn = (text: string): number => {
  try {
    const { brokerEpoch } = JSON.parse(text) as { brokerEpoch?: unknown }
    return Number.isSafeInteger(brokerEpoch) ? (brokerEpoch as number) : -1
  } catch {
    return -1
  }
}
