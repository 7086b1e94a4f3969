/** Names of the files and folders in a log directory, as Apache Kafka gives them (LogFileUtils, UnifiedLog.parseTopicPartitionName). */
import type { Random } from '../io/random'

export type SegmentFileKind = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot'
/** What is under way with a file: nothing, to be removed, output of compaction, output of compaction about to replace its sources. */
export type SegmentFileSuffix = '' | '.deleted' | '.cleaned' | '.swap'

export interface SegmentFileName {
  readonly baseOffset: number
  readonly kind: SegmentFileKind
  readonly suffix: SegmentFileSuffix
}

/** What is under way with a folder: nothing, topic deleted, replica that moves in from another directory, not wanted by the metadata. */
export type LogFolderSuffix = '' | '-delete' | '-future' | '-stray'

export interface LogFolderName {
  readonly topic: string
  readonly partition: number
  readonly suffix: LogFolderSuffix
}

const OFFSET_DIGITS = 20
const UNIQUE_ID_BYTES = 16
/** The longest name that file systems take. */
const MAX_NAME_LENGTH = 255

const SEGMENT_FILE = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)(|\.deleted|\.cleaned|\.swap)$/
const LOG_FOLDER = /^([a-zA-Z0-9._-]+)-(\d{1,10})$/
/** The topic may have been cut down to nothing, and have dots itself: the id is what follows the last one. */
const SUFFIXED_LOG_FOLDER = /^([a-zA-Z0-9._-]*)-(\d{1,10})\.[^.\s]+(-delete|-future|-stray)$/

/** The name of a file that belongs to the segment at `baseOffset`. */
export const segmentFileName = (baseOffset: number, kind: SegmentFileKind, suffix: SegmentFileSuffix = ''): string =>
  `${String(baseOffset).padStart(OFFSET_DIGITS, '0')}.${kind}${suffix}`

/** null when `name` is no file of a segment. */
export const parseSegmentFileName = (name: string): SegmentFileName | null => {
  const match = SEGMENT_FILE.exec(name)
  if (!match) return null
  const baseOffset = Number(match[1])
  if (!Number.isSafeInteger(baseOffset)) return null
  return { baseOffset, kind: match[2] as SegmentFileKind, suffix: match[3] as SegmentFileSuffix }
}

/** The folder of a log: `topic-partition`. */
export const logFolderName = (topic: string, partition: number): string => `${topic}-${partition}`

/**
 * The folder of a log that something is under way with: `topic-partition.<unique id>-delete`, 255 characters at most (the topic is cut).
 * `uniqueId` is 32 hex digits.
 */
export const suffixedLogFolderName = (
  topic: string,
  partition: number,
  suffix: Exclude<LogFolderSuffix, ''>,
  uniqueId: string,
): string => {
  const ending = `-${partition}.${uniqueId}${suffix}`
  return topic.slice(0, MAX_NAME_LENGTH - ending.length) + ending
}

/** A new `uniqueId`. */
export const uniqueIdOf = (random: Random): string => random.bytes(UNIQUE_ID_BYTES).toString('hex')

/** null when `name` is no folder of a log. */
export const parseLogFolderName = (name: string): LogFolderName | null => {
  const match = SUFFIXED_LOG_FOLDER.exec(name) ?? LOG_FOLDER.exec(name)
  if (!match) return null
  return { topic: match[1]!, partition: Number(match[2]), suffix: (match[3] ?? '') as LogFolderSuffix }
}
