import type { TopicConfig } from '../../config/topic-config'
import type { LogSegment } from '../log-segment'
import { MAX_RELATIVE_OFFSET } from '../offset-index'

/**
 * Groups neighbours that become one segment when they are compacted (Kafka: Cleaner.groupSegmentsBySize): as many as surely fit into one
 * `.log` file, one of each index, and the reach of relative offsets. `endOffset` is the one behind the last segment.
 */
export const groupSegments = (
  segments: readonly LogSegment[],
  { segmentBytes, segmentIndexBytes }: Pick<TopicConfig, 'segmentBytes' | 'segmentIndexBytes'>,
  endOffset: number,
): LogSegment[][] => {
  const groups: LogSegment[][] = []
  let group: LogSegment[] = []
  let bytes = 0
  let indexEntries = 0
  // An entry of the time index takes the most.
  const indexEntriesMax = Math.floor(segmentIndexBytes / TIME_INDEX_ENTRY_SIZE)
  for (const [n, segment] of segments.entries()) {
    const entries = Math.max(segment.offsetIndex.entryCount, segment.timeIndex.entryCount)
    const lastOffset = (segments[n + 1]?.baseOffset ?? endOffset) - 1
    const first = group[0]
    const fits =
      first !== undefined &&
      bytes + segment.sizeInBytes <= segmentBytes &&
      indexEntries + entries <= indexEntriesMax &&
      (segment.sizeInBytes === 0 || lastOffset - first.baseOffset <= MAX_RELATIVE_OFFSET)
    if (!fits) {
      group = []
      groups.push(group)
      bytes = 0
      indexEntries = 0
    }
    group.push(segment)
    bytes += segment.sizeInBytes
    indexEntries += entries
  }
  return groups
}

const TIME_INDEX_ENTRY_SIZE = 12
