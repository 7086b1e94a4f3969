import { type ConnectionLimits, ConnectionQuotas } from '../../src/network/connection-quotas'

const quotasOf = (limits: Partial<ConnectionLimits>) => {
  const current = { maxConnections: 100, maxConnectionsPerIp: 100, maxConnectionsPerIpOverrides: '', ...limits }
  return { current, quotas: new ConnectionQuotas(() => current) }
}

test('connections beyond max.connections are refused until one is released', () => {
  const { quotas } = quotasOf({ maxConnections: 2 })
  expect([quotas.admit('10.0.0.1'), quotas.admit('10.0.0.2'), quotas.admit('10.0.0.3')]).toEqual([
    null,
    null,
    'max.connections',
  ])
  expect(quotas.count).toBe(2)
  quotas.release('10.0.0.1')
  expect(quotas.admit('10.0.0.3')).toBeNull()
})

test('connections of one address beyond max.connections.per.ip are refused, others are not', () => {
  const { quotas } = quotasOf({ maxConnectionsPerIp: 1 })
  expect(quotas.admit('10.0.0.1')).toBeNull()
  expect(quotas.admit('10.0.0.1')).toBe('max.connections.per.ip')
  expect(quotas.admit('10.0.0.2')).toBeNull()
  quotas.release('10.0.0.1')
  expect(quotas.admit('10.0.0.1')).toBeNull()
})

test('an override counts for its address, also one of IPv6', () => {
  const { quotas } = quotasOf({ maxConnectionsPerIp: 0, maxConnectionsPerIpOverrides: '10.0.0.1:1, fe80::7:2' })
  expect([quotas.admit('10.0.0.1'), quotas.admit('10.0.0.1')]).toEqual([null, 'max.connections.per.ip'])
  expect([quotas.admit('fe80::7'), quotas.admit('fe80::7'), quotas.admit('fe80::7')]).toEqual([
    null,
    null,
    'max.connections.per.ip',
  ])
  expect(quotas.admit('10.0.0.2')).toBe('max.connections.per.ip')
})

test('an IPv4 client is the same on an IPv6 socket', () => {
  const { quotas } = quotasOf({ maxConnectionsPerIp: 1 })
  expect(quotas.admit('::ffff:10.0.0.1')).toBeNull()
  expect(quotas.admit('10.0.0.1')).toBe('max.connections.per.ip')
  quotas.release('10.0.0.1')
  expect(quotas.admit('10.0.0.1')).toBeNull()
})

test('a change of the limits counts for the next connection', () => {
  const { current, quotas } = quotasOf({ maxConnectionsPerIp: 0 })
  expect(quotas.admit('10.0.0.1')).toBe('max.connections.per.ip')
  current.maxConnectionsPerIpOverrides = '10.0.0.1:1'
  expect(quotas.admit('10.0.0.1')).toBeNull()
  current.maxConnections = 1
  expect(quotas.admit('10.0.0.1')).toBe('max.connections')
})

test('releasing a connection that was never admitted is a bug and fails', () => {
  expect(() => quotasOf({}).quotas.release('10.0.0.1')).toThrow('10.0.0.1')
})
