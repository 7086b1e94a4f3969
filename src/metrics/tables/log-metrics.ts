import { metrics } from '../metric'

/** Log directories, the disk below them, and the newest bytes in memory. */
export const logMetrics = metrics({
  offlineDirectories: {
    name: 'kafka_log_logmanager_offlinelogdirectorycount',
    type: 'gauge',
    help: 'Log directories that have failed',
  },
  directoryTotal: {
    name: 'odradek_log_directory_total_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['directory'],
    help: 'Size of the volume of a log directory; absent when it is offline',
  },
  directoryUsable: {
    name: 'odradek_log_directory_usable_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['directory'],
    help: 'Free space on the volume of a log directory; absent when it is offline',
  },
  writeSeconds: {
    name: 'odradek_disk_write_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time to write a group of appends of one log into the page cache',
  },
  flushSeconds: {
    name: 'odradek_disk_flush_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time to flush (fsync) what was appended to a log',
  },
  tailCacheBytes: {
    name: 'odradek_tail_cache_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory that holds the newest records of all logs',
  },
  tailCacheHits: {
    name: 'odradek_tail_cache_hits_total',
    type: 'counter',
    help: 'Reads of a log that were answered from memory',
  },
  tailCacheMisses: {
    name: 'odradek_tail_cache_misses_total',
    type: 'counter',
    help: 'Reads of a log that had to go to a file',
  },
  compactionSeconds: {
    name: 'odradek_log_compaction_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time to compact a log',
  },
  compactedBytesBefore: {
    name: 'odradek_log_compaction_read_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Size of what was compacted before its compaction',
  },
  compactedBytesAfter: {
    name: 'odradek_log_compaction_written_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Size of what was compacted after its compaction',
  },
  deletedSegments: {
    name: 'odradek_log_deleted_segments_total',
    type: 'counter',
    help: 'Log segments that were deleted by retention or DeleteRecords',
  },
  deletedBytes: {
    name: 'odradek_log_deleted_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Size of the log segments that were deleted by retention or DeleteRecords',
  },
})
