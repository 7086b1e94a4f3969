import { type BrokerConfig, brokerConfigOf } from '../../src/config/broker-config'
import { DynamicBrokerConfig } from '../../src/config/dynamic-broker-config'

describe('the configuration of a running broker', () => {
  it('begins as what the broker was started with', () => {
    expect(new DynamicBrokerConfig({ 'num.partitions': '3' }).current).toEqual(
      brokerConfigOf({ 'num.partitions': '3' }),
    )
  })

  it('is replaced by an update, and what was current stays as it was', () => {
    const dynamic = new DynamicBrokerConfig({ 'message.max.bytes': '10' })
    const before = dynamic.current
    dynamic.update({ dynamicBroker: { 'message.max.bytes': '30' }, dynamicDefault: { 'message.max.bytes': '20' } })
    expect([before.messageMaxBytes, dynamic.current.messageMaxBytes]).toEqual([10, 30])
    dynamic.update({ dynamicBroker: {}, dynamicDefault: { 'message.max.bytes': '20' } })
    expect(dynamic.current.messageMaxBytes).toBe(20)
    dynamic.update({ dynamicBroker: {}, dynamicDefault: {} })
    expect(dynamic.current).toEqual(before)
  })

  it('keeps the texts of all layers', () => {
    const dynamic = new DynamicBrokerConfig({ 'num.partitions': '3' })
    dynamic.update({ dynamicBroker: { 'max.connections': '1' }, dynamicDefault: { 'max.connections': '2' } })
    expect(dynamic.layers).toEqual({
      dynamicBroker: { 'max.connections': '1' },
      dynamicDefault: { 'max.connections': '2' },
      static: { 'num.partitions': '3' },
    })
  })

  it('tells its listeners of an update until they leave', () => {
    const dynamic = new DynamicBrokerConfig({})
    const seen: [BrokerConfig, BrokerConfig][] = []
    const leave = dynamic.onChange((current, previous) => seen.push([current, previous]))
    const first = dynamic.current
    dynamic.update({ dynamicBroker: {}, dynamicDefault: { 'max.connections': '2' } })
    leave()
    dynamic.update({ dynamicBroker: {}, dynamicDefault: {} })
    expect(seen).toHaveLength(1)
    expect(seen[0]![1]).toBe(first)
    expect(seen[0]![0].maxConnections).toBe(2)
  })
})
