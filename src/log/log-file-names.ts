/** Names of the files and folders in a log directory, as Apache Kafka gives them (LogFileUtils, UnifiedLog.parseTopicPartitionName). */

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

/** The name of a file that belongs to the segment at `baseOffset`. */
export declare const segmentFileName: (baseOffset: number, kind: SegmentFileKind, suffix?: SegmentFileSuffix) => string

/** null when `name` is no file of a segment. */
export declare const parseSegmentFileName: (name: string) => SegmentFileName | null

/** The folder of a log: `topic-partition`. */
export declare const logFolderName: (topic: string, partition: number) => string

/**
 * The folder of a log that something is under way with: `topic-partition.<unique id>-delete`, 255 characters at most (the topic is cut).
 * `uniqueId` is 32 hex digits.
 */
export declare const suffixedLogFolderName: (
  topic: string,
  partition: number,
  suffix: Exclude<LogFolderSuffix, ''>,
  uniqueId: string,
) => string

/** null when `name` is no folder of a log. */
export declare const parseLogFolderName: (name: string) => LogFolderName | null
