import type { Disk } from '../io/disk'
import type { Random } from '../io/random'
import { readCleanShutdown, removeCleanShutdown, writeCleanShutdown } from '../log/clean-shutdown'
import { DamagedFile } from '../log/damaged-file'
import { logFolderName, parseLogFolderName, suffixedLogFolderName } from '../log/log-file-names'
import { type OffsetCheckpointEntry, parseOffsetCheckpoint, writeOffsetCheckpoint } from '../log/offset-checkpoint'
import { copyLog } from './import-copy'
import { CHECKPOINTS, type CheckpointName, type SourceLog } from './import-source'

/** Where logs are until all are whole. No name of a log, so that a broker passes it over. */
const STAGING = 'import.tmp'
const UNIQUE_ID_BYTES = 16

/** A log directory of ours that takes up logs; the caller holds its lock. */
export class ImportTarget {
  readonly #disk: Disk
  readonly #random: Random
  readonly #path: string
  readonly #staging: string

  constructor(disk: Disk, random: Random, path: string) {
    this.#disk = disk
    this.#random = random
    this.#path = path
    this.#staging = `${path}/${STAGING}`
  }

  /** Copies logs to where no broker sees them, durably. */
  async stage(logs: readonly SourceLog[], onBytes: (count: number) => void): Promise<void> {
    this.#disk.removeTree(this.#staging)
    try {
      for (const log of logs) await copyLog(this.#disk, log, `${this.#staging}/${nameOf(log)}`, onBytes)
    } catch (error) {
      this.#disk.removeTree(this.#staging)
      throw error
    }
  }

  /**
   * Puts the staged logs in their places, together with what checkpoints say of them. A folder in the way, which no topic owns, is put
   * aside; returns the sentences that say so.
   */
  place(logs: readonly SourceLog[]): string[] {
    const disk = this.#disk
    const isNew = !disk.list(this.#path).some(name => parseLogFolderName(name) !== null)
    const isMarked = readCleanShutdown(disk, this.#path) !== null
    const isClean = (isNew || isMarked) && logs.every(log => log.isClean)
    if (isMarked && !isClean) removeCleanShutdown(disk, this.#path)
    for (const checkpoint of CHECKPOINTS) this.#mergeCheckpoint(checkpoint, logs)
    const notes = logs.flatMap(log => this.#placeFolder(log))
    disk.removeTree(this.#staging)
    disk.syncDirectory(this.#path)
    if (isClean && !isMarked) writeCleanShutdown(disk, this.#path, { brokerEpoch: -1 })
    return notes
  }

  #placeFolder(log: SourceLog): string[] {
    const name = nameOf(log)
    const place = `${this.#path}/${name}`
    const notes: string[] = []
    if (this.#disk.stat(place) !== null) {
      const uniqueId = this.#random.bytes(UNIQUE_ID_BYTES).toString('hex')
      const aside = suffixedLogFolderName(log.topic, log.partition, '-stray', uniqueId)
      this.#disk.rename(place, `${this.#path}/${aside}`)
      notes.push(`${place} belonged to no topic and is now ${aside}`)
    }
    this.#disk.rename(`${this.#staging}/${name}`, place)
    return notes
  }

  #mergeCheckpoint(checkpoint: CheckpointName, logs: readonly SourceLog[]): void {
    const path = `${this.#path}/${checkpoint}`
    const imported = new Set(logs.map(nameOf))
    const others = this.#readCheckpoint(path).filter(entry => !imported.has(nameOf(entry)))
    const added = logs.flatMap(({ topic, partition, checkpoints }) => {
      const offset = checkpoints[checkpoint]
      return offset === undefined ? [] : [{ topic, partition, offset }]
    })
    writeOffsetCheckpoint(this.#disk, path, [...others, ...added])
  }

  /** A damaged checkpoint is as good as none, for the broker too. */
  #readCheckpoint(path: string): OffsetCheckpointEntry[] {
    try {
      return parseOffsetCheckpoint(this.#disk, path)
    } catch (error) {
      if (error instanceof DamagedFile) return []
      throw error
    }
  }
}

const nameOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  logFolderName(topic, partition)
