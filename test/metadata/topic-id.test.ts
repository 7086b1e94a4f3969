import type { Random } from '../../src/io/random'
import { randomTopicId, ZERO_TOPIC_ID } from '../../src/metadata/topic-id'

/** Draws the given ids. */
const drawing = (...ids: string[]): Random => ({
  below: () => 0,
  bytes: () => Buffer.from(ids.shift()!, 'base64url'),
})

describe('a new topic id', () => {
  it('is neither reserved nor looks like an option on a command line', () => {
    const good = 'vPeOCWypqUOSepEvx0cbog'
    const reserved = Buffer.concat([Buffer.alloc(15), Buffer.from([1])]).toString('base64url')
    expect(randomTopicId(drawing(ZERO_TOPIC_ID, reserved, '-PeOCWypqUOSepEvx0cbog', good))).toBe(good)
  })
})
