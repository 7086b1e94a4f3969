import { collisionKey, isInternalTopic, isValidTopicName } from '../../src/metadata/topic-name'

describe('a topic name', () => {
  it('belongs to the broker itself or to clients', () => {
    expect(['__consumer_offsets', '__transaction_state', '__share_group_state'].map(isInternalTopic)).toEqual([
      true,
      true,
      true,
    ])
    expect(['__cluster_metadata', 'orders', 'constructor'].map(isInternalTopic)).toEqual([false, false, false])
  })

  it('is valid or not', () => {
    expect(['a', 'A.b_c-9', '...', 'x'.repeat(249)].map(isValidTopicName)).toEqual([true, true, true, true])
    expect(['', '.', '..', 'a b', 'ä', 'a\n', 'x'.repeat(250)].map(isValidTopicName)).toEqual(Array(7).fill(false))
  })

  it('clashes with those that differ only in dots and underscores', () => {
    expect(['a.b', 'a_b', 'a.b_c', 'ab', 'a-b'].map(collisionKey)).toEqual(['a_b', 'a_b', 'a_b_c', null, null])
  })
})
