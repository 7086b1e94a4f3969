import { refuseHttpListeners } from '../http-listeners'
import type { SettingTable } from '../setting'

/** What Kafka has no settings for: metrics and health over HTTP. */
export const httpSettings = {
  'http.listeners': {
    type: 'list',
    default: '127.0.0.1:9464',
    check: refuseHttpListeners,
    doc: 'Where /metrics, /health/live and /health/ready are answered: host:port, separated by commas. Empty: nowhere. An empty host listens on all addresses, port 0 takes a free one. When the default is not free, the broker goes without.',
  },
  'http.faults.enable': {
    type: 'string',
    default: 'loopback',
    values: ['loopback', 'always', 'never'],
    doc: 'On which of http.listeners /faults is answered, where anybody can make requests of clients go wrong: loopback is for those that only this machine reaches, always for all of them.',
  },
  'metrics.topics.max': {
    type: 'int',
    default: '2000',
    min: 0,
    dynamic: true,
    doc: 'With more topics than this on the broker, metrics of topics are summed up into one series each.',
  },
  'metrics.partitions.max': {
    type: 'int',
    default: '20000',
    min: 0,
    dynamic: true,
    doc: 'With more partitions than this on the broker, metrics of single partitions are left out; with more committed offsets than this, metrics of single offsets are.',
  },
  'metrics.groups.max': {
    type: 'int',
    default: '5000',
    min: 0,
    dynamic: true,
    doc: 'With more pairs of a consumer group and one of its topics than this, metrics of single groups are left out.',
  },
} as const satisfies SettingTable
