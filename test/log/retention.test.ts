import type { TopicConfig } from '../../src/config/topic-config'
import { expiredSegments, type RetentionState } from '../../src/log/retention'
import { topicConfig } from '../support/log-directories'

/** Five segments of 10 records and 100 bytes, written at 1000, 2000 ... */
const segments = Array.from({ length: 5 }, (_, n) => ({
  baseOffset: n * 10,
  sizeInBytes: 100,
  retentionTimestamp: 1000 * (n + 1),
}))

const expired = (config: Partial<TopicConfig>, state: Partial<RetentionState> = {}, now = 6000): number =>
  expiredSegments(
    segments,
    { logStartOffset: 0, logEndOffset: 50, highWatermark: 50, sizeInBytes: 500, ...state },
    topicConfig({ retentionMs: -1, ...config }),
    now,
  )

test('nothing goes without a limit', () => {
  expect(expired({})).toBe(0)
})

test('segments older than retention.ms go, the last one too', () => {
  expect(expired({ retentionMs: 3000 })).toBe(2)
  expect(expired({ retentionMs: 2999 })).toBe(3)
  expect(expired({ retentionMs: 0 })).toBe(5)
})

test('segments go as long as the rest has retention.bytes', () => {
  expect(expired({ retentionBytes: 500 })).toBe(0)
  expect(expired({ retentionBytes: 401 })).toBe(0)
  expect(expired({ retentionBytes: 400 })).toBe(1)
  expect(expired({ retentionBytes: 0 })).toBe(5)
})

test('segments before the log start offset go whatever the policy is', () => {
  const config = { cleanupPolicy: { compact: true, delete: false }, retentionMs: 0, retentionBytes: 0 }
  expect(expired(config, { logStartOffset: 20 })).toBe(2)
  expect(expired(config, { logStartOffset: 29 })).toBe(2)
  expect(expired(config, { logStartOffset: 50 })).toBe(4)
})

test('a segment that reaches above the high watermark stays', () => {
  expect(expired({ retentionMs: 0 }, { highWatermark: 29 })).toBe(2)
  expect(expired({ retentionMs: 0 }, { highWatermark: 30 })).toBe(3)
})

test('an empty last segment stays', () => {
  const empty = [{ baseOffset: 0, sizeInBytes: 0, retentionTimestamp: 1 }]
  const state = { logStartOffset: 0, logEndOffset: 0, highWatermark: 0, sizeInBytes: 0 }
  expect(expiredSegments(empty, state, topicConfig({ retentionMs: 0, retentionBytes: 0 }), 6000)).toBe(0)
})
