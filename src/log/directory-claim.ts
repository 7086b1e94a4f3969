import { dirname } from 'node:path'
import { type Disk, DiskError } from '../io/disk'
import type { Random } from '../io/random'
import { META_PROPERTIES_FILE, type MetaProperties, readMetaProperties, writeMetaProperties } from './meta-properties'

/** Held by the broker that uses a log directory. */
export const LOCK_FILE = '.lock'
const ID_BYTES = 16

/** Whose log directories they have to be. */
export interface DirectoryOwner {
  readonly clusterId: string
  readonly nodeId: number
}

export interface ClaimedDirectory {
  readonly directoryId: string
  readonly lock: { release(): void }
}

/** A log directory that this broker must not touch. The message says to a person why. */
export class DirectoryRefused extends Error {
  override readonly name = 'DirectoryRefused'
}

/** Where an Apache Kafka keeps the metadata of its cluster, in one of its log directories. */
const APACHE_KAFKA_METADATA = '__cluster_metadata-0'

/**
 * Throws `DirectoryRefused` when an Apache Kafka lives in the directory at `path`: its topics are not known to us, nor ours to it. One that
 * cannot be read is no matter of this.
 */
export const refuseApacheKafka = (disk: Disk, path: string): void => {
  if (!isThere(disk, `${path}/${APACHE_KAFKA_METADATA}`)) return
  throw new DirectoryRefused(
    `${path} is the log directory of an Apache Kafka. Copy its data with \`odradek import\`, or name another directory with --data.`,
  )
}

const isThere = (disk: Disk, path: string): boolean => {
  try {
    return disk.stat(path) !== null
  } catch (error) {
    if (error instanceof DiskError) return false
    throw error
  }
}

/** Why the directory at `path` is refused while its lock is held. */
export const inUse = (path: string): string => `The log directory ${path} is in use by another broker.`

/** Makes a directory and those above it, where they are missing, so that no crash of the machine takes their names away. */
export const ensureDirectory = (disk: Disk, path: string): void => {
  if (disk.stat(path) !== null) return
  const parent = dirname(path)
  if (parent !== path) ensureDirectory(disk, parent)
  disk.makeDirectory(path)
  disk.syncDirectory(parent)
}

/**
 * Makes the directory if need be, locks it, and sees to it that its meta.properties name `owner`. Throws `DirectoryRefused` when it is
 * another one's or in use, `DamagedFile` and `DiskError`.
 */
export const claimDirectory = (disk: Disk, random: Random, path: string, owner: DirectoryOwner): ClaimedDirectory => {
  ensureDirectory(disk, path)
  const lock = lockDirectory(disk, path)
  try {
    const found = readMetaProperties(disk, path)
    if (found) refuseStranger(path, found, owner)
    const directoryId = found?.directoryId ?? randomId(random)
    const isComplete = found && found.clusterId !== null && found.nodeId !== null && found.directoryId !== null
    if (!isComplete) writeMetaProperties(disk, path, { ...owner, directoryId })
    return { directoryId, lock }
  } catch (error) {
    lock.release()
    throw error
  }
}

const lockDirectory = (disk: Disk, path: string): { release(): void } => {
  try {
    return disk.lock(`${path}/${LOCK_FILE}`)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'ELOCKED') throw error
    throw new DirectoryRefused(inUse(path), { cause: error })
  }
}

const refuseStranger = (path: string, { clusterId, nodeId }: MetaProperties, owner: DirectoryOwner): void => {
  const file = `${path}/${META_PROPERTIES_FILE}`
  if (clusterId !== null && clusterId !== owner.clusterId) {
    throw new DirectoryRefused(
      `${file} says cluster.id=${clusterId}, but this broker belongs to cluster ${owner.clusterId}.`,
    )
  }
  if (nodeId !== null && nodeId !== owner.nodeId) {
    throw new DirectoryRefused(`${file} says node.id=${nodeId}, but this broker has node.id=${owner.nodeId}.`)
  }
}

/** In base64url, as Kafka writes ids. One that begins with a dash would look like an option on a command line. */
const randomId = (random: Random): string => {
  for (;;) {
    const id = random.bytes(ID_BYTES).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}
