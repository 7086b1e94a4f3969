import { ErrorCode } from '../../protocol/errors'
import type { ConfigOverrides, ConfigResource } from '../../src/metadata/config-resource'
import { keyRange } from '../../src/metadata/metadata-store'
import { refusal } from '../../src/metadata/refusal'
import { ZERO_TOPIC_ID } from '../../src/metadata/topic-id'
import { MeddlingStore, once } from '../support/meddling-store'
import { MetadataCluster, newTopic, type TestMember } from '../support/metadata-cluster'

const topic: ConfigResource = { type: 'topic', name: 't' }
const NOW = { validateOnly: false }
const DONE = { errorCode: ErrorCode.NONE, errorMessage: null }

const setting = (name: string, value: string) => (current: ConfigOverrides) => ({
  overrides: { ...current, [name]: value },
})
const clearing = () => ({ overrides: {} })

describe('the config admin', () => {
  let cluster: MetadataCluster
  let broker: TestMember
  let other: TestMember

  beforeEach(async () => {
    cluster = new MetadataCluster()
    broker = await cluster.join(1)
    other = await cluster.join(2)
    await broker.topics.createTopics([newTopic('t')], NOW)
    await cluster.timers.settle()
  })

  it.each([
    topic,
    { type: 'broker', name: '' },
    { type: 'broker', name: '1' },
    { type: 'group', name: 'Gruppe/mit % allem' },
    { type: 'client-metrics', name: 'default' },
  ] as const)('stores the settings of %j and answers when they are in the image', async resource => {
    expect(await broker.configs.alter(resource, setting('a', '1'), NOW)).toEqual(DONE)
    expect(await broker.configs.alter(resource, setting('b', '2'), NOW)).toEqual(DONE)
    expect(broker.cache.current.overrides(resource)).toEqual({ a: '1', b: '2' })
    expect([...broker.cache.current.configuredNames(resource.type)]).toEqual([resource.name])
    await cluster.timers.settle()
    expect(other.cache.current.overrides(resource)).toEqual({ a: '1', b: '2' })
    expect(await broker.configs.alter(resource, clearing, NOW)).toEqual(DONE)
    expect([...broker.cache.current.configuredNames(resource.type)]).toEqual([])
  })

  it('keeps resources of all names and types apart', async () => {
    const resources = [
      { type: 'broker', name: '' },
      { type: 'broker', name: '1' },
      { type: 'group', name: '1' },
      { type: 'group', name: 'default' },
    ] as const
    for (const [index, resource] of resources.entries()) {
      await broker.configs.alter(resource, setting('n', String(index)), NOW)
    }
    expect(resources.map(resource => broker.cache.current.overrides(resource))).toEqual(
      ['0', '1', '2', '3'].map(n => ({ n })),
    )
  })

  it('takes the key away with the last setting', async () => {
    const group: ConfigResource = { type: 'group', name: 'g' }
    await broker.configs.alter(group, setting('a', '1'), NOW)
    await broker.configs.alter(group, clearing, NOW)
    expect((await cluster.store.range(keyRange(cluster.keys.config('group', 'g')))).keyValues).toEqual([])
  })

  it('loses none of the changes made at the same time by several brokers', async () => {
    const changes = Array.from({ length: 20 }, (_, index) =>
      [broker, other][index % 2]!.configs.alter(topic, setting(`s${index}`, ''), NOW),
    )
    expect(await Promise.all(changes)).toEqual(Array(20).fill(DONE))
    await cluster.timers.settle()
    expect(Object.keys(other.cache.current.overrides(topic))).toHaveLength(20)
  })

  it('changes nothing when the change is refused, or only to be checked', async () => {
    const before = await cluster.store.range(cluster.keys.all)
    const invalid = refusal(ErrorCode.INVALID_CONFIG, 'no such setting')
    expect(await broker.configs.alter(topic, () => invalid, NOW)).toEqual(invalid)
    expect(await broker.configs.alter(topic, setting('a', '1'), { validateOnly: true })).toEqual(DONE)
    expect(await cluster.store.range(cluster.keys.all)).toEqual(before)
  })

  it('writes nothing when everything stays as it is', async () => {
    await broker.configs.alter(topic, setting('a', '1'), NOW)
    const before = await cluster.store.range(cluster.keys.all)
    expect(await broker.configs.alter(topic, setting('a', '1'), NOW)).toEqual(DONE)
    expect(await cluster.store.range(cluster.keys.all)).toEqual(before)
  })

  it('knows no topic that is not there', async () => {
    expect(await broker.configs.alter({ type: 'topic', name: 'x' }, clearing, NOW)).toEqual({
      errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      errorMessage: "The topic 'x' does not exist.",
    })
  })

  it('notices that another broker has deleted the topic', async () => {
    const [altered] = await Promise.all([
      broker.configs.alter(topic, setting('a', '1'), NOW),
      other.topics.deleteTopics([{ name: 't', topicId: ZERO_TOPIC_ID }]),
    ])
    await cluster.timers.settle()
    expect([ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]).toContain(altered.errorCode)
    expect(broker.cache.current.topicCount).toBe(0)
    expect(await broker.configs.alter(topic, setting('a', '1'), NOW)).toMatchObject({
      errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    })
  })

  it('notices it even before its own image does', async () => {
    const meddling = new MeddlingStore(cluster.store)
    const late = await cluster.join(3, { store: meddling })
    meddling.isDeaf = true
    await other.topics.deleteTopics([{ name: 't', topicId: ZERO_TOPIC_ID }])
    const altered = late.configs.alter(topic, setting('a', '1'), NOW)
    await cluster.timers.settle()
    expect(late.cache.current.topicCount).toBe(1)
    meddling.isDeaf = false
    meddling.endWatches('UNAVAILABLE')
    await cluster.timers.advance(1000)
    expect(await altered).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION })
  })

  it('refuses a name that is too long for the store', async () => {
    const result = await broker.configs.alter({ type: 'group', name: 'ä'.repeat(200) }, setting('a', '1'), NOW)
    expect(result).toEqual({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'The name of the group is too long.' })
  })

  it('says that it does not know when the answer of the store got lost', async () => {
    const meddling = new MeddlingStore(cluster.store)
    const unlucky = await cluster.join(3, { store: meddling })
    meddling.fate = once('/config/', 'lost answer')
    const result = await unlucky.configs.alter({ type: 'group', name: 'g' }, setting('a', '1'), NOW)
    expect(result.errorCode).toBe(ErrorCode.REQUEST_TIMED_OUT)
  })
})
