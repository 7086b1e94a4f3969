import fc from 'fast-check'
import { type MetadataKey, MetadataKeys } from '../../src/metadata/metadata-keys'
import { isInRange } from '../../src/metadata/revisioned-key-values'

const keys = new MetadataKeys('c1')

const text = ({ kind, ...rest }: MetadataKey): string => `${kind} ${JSON.stringify(rest)}`

describe('the keys of a cluster', () => {
  it.each([
    [keys.broker(12), '/odradek/c1/brokers/12', 'broker {"id":12}'],
    [keys.controller, '/odradek/c1/controller', 'controller {}'],
    [keys.topicName('a.b-c_d'), '/odradek/c1/topics/name/a.b-c_d', 'topic-name {"name":"a.b-c_d"}'],
    [keys.topic('_id-'), '/odradek/c1/topics/id/_id-', 'topic {"topicId":"_id-"}'],
    [keys.partition('_id-', 3), '/odradek/c1/parts/_id-/3', 'partition {"topicId":"_id-","partition":3}'],
    [keys.config('broker', ''), '/odradek/c1/config/broker/default', 'config {"resource":{"type":"broker","name":""}}'],
    [keys.config('broker', '7'), '/odradek/c1/config/broker/7', 'config {"resource":{"type":"broker","name":"7"}}'],
    [
      keys.config('group', 'a/ü'),
      '/odradek/c1/config/group/a%2F%C3%BC',
      'config {"resource":{"type":"group","name":"a/ü"}}',
    ],
  ])('%s are as documented and can be read back', (key, documented, parsed) => {
    expect(key).toBe(documented)
    expect(text(keys.parse(key)!)).toBe(parsed)
  })

  it('leave the keys of others alone', () => {
    expect([keys.producerIds, '/odradek/c1/acl/x', '/odradek/c1/'].map(key => keys.parse(key))).toEqual([
      null,
      null,
      null,
    ])
  })

  it('put every group name into a key of its own, in printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), name => {
        const key = keys.config('group', name)
        expect(key).toMatch(/^[\x21-\x7e]+$/)
        expect(keys.parse(key)).toEqual({ kind: 'config', resource: { type: 'group', name } })
      }),
    )
  })

  it('do not mix topics whose ids begin alike, nor clusters', () => {
    expect(isInRange(keys.partition('ab', 1), keys.partitions('a'))).toBe(false)
    expect(isInRange(keys.partition('a', 1), keys.partitions('a'))).toBe(true)
    expect(isInRange(new MetadataKeys('c11').controller, keys.all)).toBe(false)
  })
})
