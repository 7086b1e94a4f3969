import { brokerSetting } from '../../../src/config/broker-config'
import { inapplicableSettings, reasonForInapplicable } from '../../../src/config/tables/inapplicable-settings'

describe('settings of Kafka that do not apply', () => {
  test.each([
    ['process.roles', 'there is no KRaft controller'],
    ['controller.quorum.voters', 'there is no KRaft controller'],
    ['zookeeper.connect', 'Kafka 4 has it no more'],
    ['num.io.threads', 'one event loop does the work of all thread pools'],
    ['listener.name.internal.ssl.keystore.location', 'all listeners share the settings of the broker'],
  ])('%s: %s', (name, reason) => {
    expect(reasonForInapplicable(name)).toBe(reason)
  })

  test.each(['num.partitions', 'zookeeper', 'remote.login', 'no.such.setting'])('%s is none of them', name => {
    expect(reasonForInapplicable(name)).toBeNull()
  })

  it('are not at the same time settings of the broker', () => {
    const exact = Object.values(inapplicableSettings).flat()
    expect(exact.filter(name => brokerSetting(name) !== undefined)).toEqual([])
  })
})
