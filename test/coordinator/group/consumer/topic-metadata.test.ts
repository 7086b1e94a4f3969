import { GroupTopics } from '../../../support/group-topics'

describe('the hash of topics', () => {
  test('is that of Kafka 4.3 for the same ids, names, numbers of partitions and racks', () => {
    const topics = new GroupTopics()
    topics.put('topic', 2)
    topics.put('big', 100)
    const { metadata } = topics
    expect(metadata.hashOf(new Set(['topic']))).toBe(8463776678929269302n)
    expect(metadata.hashOf(new Set(['topic', 'big']))).toBe(9155797873869151755n)
    const placed = new GroupTopics()
    placed.racks.set(1, 'rack-b').set(2, 'rack-a')
    placed.put('topic', 2, [1, 2])
    expect(placed.metadata.hashOf(new Set(['topic']))).toBe(4984043939205519206n)
  })

  test('passes over topics that do not exist, and is 0 for none', () => {
    const topics = new GroupTopics()
    topics.put('topic', 2)
    expect(topics.metadata.hashOf(new Set(['topic', 'missing']))).toBe(topics.metadata.hashOf(new Set(['topic'])))
    expect(topics.metadata.hashOf(new Set(['missing']))).toBe(0n)
  })

  test('is another one when a topic grows, and as before when it only has another leader', () => {
    const topics = new GroupTopics()
    topics.put('topic', 2)
    const { metadata } = topics
    const hash = metadata.hashOf(new Set(['topic']))
    const { revision } = metadata
    topics.put('topic', 2)
    expect([metadata.hashOf(new Set(['topic'])), metadata.revision]).toEqual([hash, revision])
    topics.put('topic', 3)
    expect(metadata.hashOf(new Set(['topic']))).not.toBe(hash)
    expect(metadata.revision).toBeGreaterThan(revision)
  })
})

test('a new topic is news for patterns, one that grows or goes is not', () => {
  const topics = new GroupTopics()
  topics.put('topic', 1)
  const { revisionOfNewTopics } = topics.metadata
  topics.put('topic', 2)
  topics.delete('topic')
  expect(topics.metadata.revisionOfNewTopics).toBe(revisionOfNewTopics)
  topics.put('topic', 1)
  expect(topics.metadata.revisionOfNewTopics).toBeGreaterThan(revisionOfNewTopics)
})

test('nothing is followed any more once it is closed', () => {
  const topics = new GroupTopics()
  topics.metadata.close()
  const { revision } = topics.metadata
  topics.put('topic', 1)
  expect(topics.metadata.revision).toBe(revision)
})
