import { groupSegments } from '../../../src/log/cleaner/segment-groups'
import type { LogSegment } from '../../../src/log/log-segment'
import { appendBatches, createSegment, diskWithFolder, singles } from '../../support/log-segments'

const REACH = 2 ** 31 - 1

/** Segments at these offsets with so many batches of the same size each. */
const segmentsOf = (...shapes: readonly [baseOffset: number, batches: number][]): LogSegment[] => {
  const disk = diskWithFolder()
  return shapes.map(([baseOffset, batches]) => {
    const segment = createSegment(disk, { baseOffset, indexIntervalBytes: 1 })
    appendBatches(segment, singles(baseOffset, batches))
    return segment
  })
}
const BATCH_BYTES = segmentsOf([0, 1])[0]!.sizeInBytes

const groupsOf = (segments: LogSegment[], limits: { segmentBytes?: number; segmentIndexBytes?: number }, end = 1000) =>
  groupSegments(segments, { segmentBytes: 1_000_000, segmentIndexBytes: 1_000_000, ...limits }, end).map(group =>
    group.map(({ baseOffset }) => baseOffset),
  )

test('neighbours are grouped as long as they fit into one segment', () => {
  const segments = segmentsOf([0, 2], [10, 1], [20, 1], [30, 4], [40, 1])
  expect(groupsOf(segments, { segmentBytes: 3 * BATCH_BYTES })).toEqual([[0, 10], [20], [30], [40]])
  expect(groupsOf(segments, {})).toEqual([[0, 10, 20, 30, 40]])
})

test('neighbours are grouped as long as their index entries fit into one index', () => {
  const segments = segmentsOf([0, 3], [10, 3], [20, 3])
  expect(groupsOf(segments, { segmentIndexBytes: 4 * 12 })).toEqual([[0, 10], [20]])
})

test('a group stays within the reach of relative offsets', () => {
  const segments = segmentsOf([0, 1], [REACH, 1])
  expect(groupsOf(segments, {}, REACH + 1)).toEqual([[0, REACH]])
  expect(groupsOf(segments, {}, REACH + 2)).toEqual([[0], [REACH]])
})

test('nothing makes no group', () => {
  expect(groupsOf([], {})).toEqual([])
})
