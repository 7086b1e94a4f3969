import type { SettingTable, SettingValue } from '../setting'

const CONNECTION_COUNT = /^[^\s].*:\d+$/

const connectionCounts = (value: SettingValue): string | null => {
  const entries = value === '' ? [] : (value as string).split(',').map(entry => entry.trim())
  return entries.every(entry => CONNECTION_COUNT.test(entry)) ? null : 'Must be of the form name:count,name:count'
}

/** Listeners, connections and what requests may ask for. */
export const networkSettings = {
  listeners: {
    type: 'list',
    default: 'PLAINTEXT://:9092',
    nonEmpty: true,
    doc: 'Where the broker listens: NAME://host:port, separated by commas. An empty host listens on all addresses, port 0 takes a free one. The name is a security protocol, or one that listener.security.protocol.map maps to a protocol.',
  },
  'advertised.listeners': {
    type: 'list',
    default: null,
    nonEmpty: true,
    inherits: 'listeners',
    doc: 'Addresses that clients are told to connect to, by listener name. Without it, those of listeners. Port 0 stands for the port on which the listener really is.',
  },
  'listener.security.protocol.map': {
    type: 'string',
    default: 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    doc: 'The security protocol of each listener name: NAME:PROTOCOL, separated by commas.',
  },
  'inter.broker.listener.name': {
    type: 'string',
    default: null,
    doc: 'Name of the listener that brokers use among themselves. Without it, the first one with the protocol of security.inter.broker.protocol.',
  },
  'security.inter.broker.protocol': {
    type: 'string',
    default: 'PLAINTEXT',
    values: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    doc: 'Security protocol between brokers; used while inter.broker.listener.name is not set.',
  },
  'controller.listener.names': {
    type: 'list',
    default: '',
    doc: 'Names of listeners that belong to a Kafka controller. They are left out, since there is no such controller here.',
  },
  'socket.request.max.bytes': {
    type: 'int',
    default: '104857600',
    min: 1,
    doc: 'Largest request in bytes; a larger one closes its connection.',
  },
  'socket.listen.backlog.size': {
    type: 'int',
    default: '50',
    min: 1,
    doc: 'How many connections the operating system keeps waiting to be accepted; fewer than 1024 count as so many.',
  },
  'socket.send.buffer.bytes': {
    type: 'int',
    default: '102400',
    noEffect: 'buffers of sockets are left to the operating system',
    doc: 'Size in bytes of the send buffer of a socket; -1 leaves it to the operating system.',
  },
  'socket.receive.buffer.bytes': {
    type: 'int',
    default: '102400',
    noEffect: 'buffers of sockets are left to the operating system',
    doc: 'Size in bytes of the receive buffer of a socket; -1 leaves it to the operating system.',
  },
  'connections.max.idle.ms': {
    type: 'long',
    default: '600000',
    doc: 'Milliseconds after which a connection without traffic is closed; negative keeps it open.',
  },
  'max.connections': {
    type: 'int',
    default: '2147483647',
    min: 0,
    dynamic: true,
    doc: 'Connections that the broker holds at most.',
  },
  'max.connections.per.ip': {
    type: 'int',
    default: '2147483647',
    min: 0,
    dynamic: true,
    doc: 'Connections from one address at most; 0 admits only the addresses of max.connections.per.ip.overrides.',
  },
  'max.connections.per.ip.overrides': {
    type: 'string',
    default: '',
    check: connectionCounts,
    dynamic: true,
    doc: 'Other limits for single addresses or host names: name:count, separated by commas.',
  },
  'max.connection.creation.rate': {
    type: 'int',
    default: '2147483647',
    min: 0,
    dynamic: true,
    noEffect: 'connections are accepted as fast as they come',
    doc: 'New connections in a second at most.',
  },
  'queued.max.requests': {
    type: 'int',
    default: '500',
    min: 1,
    doc: 'Requests of one connection that are in work at the same time at most; further ones wait in the socket.',
  },
  'queued.max.request.bytes': {
    type: 'long',
    default: '-1',
    doc: 'Bytes of requests that may be held in memory before no further ones are read; -1 takes the default of the broker.',
  },
  'fetch.max.bytes': {
    type: 'int',
    default: '57671680',
    min: 1024,
    doc: 'Bytes of records in one answer to a Fetch at most; a larger first batch still comes whole.',
  },
  'max.incremental.fetch.session.cache.slots': {
    type: 'int',
    default: '1000',
    min: 0,
    doc: 'Incremental fetch sessions that the broker remembers; 0 switches them off.',
  },
  'max.request.partition.size.limit': {
    type: 'int',
    default: '2000',
    min: 1,
    doc: 'Partitions in one answer to DescribeTopicPartitions at most.',
  },
  'request.timeout.ms': {
    type: 'int',
    default: '30000',
    noEffect: 'there is one broker, which sends no requests',
    doc: 'Milliseconds after which a request to another broker without an answer has failed.',
  },
} as const satisfies SettingTable
