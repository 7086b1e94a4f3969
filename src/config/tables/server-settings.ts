import type { SettingTable } from '../setting'

const ONE_NODE = 'there is one broker, which leads every partition'

/** Identity of the broker, topics and replication. */
export const serverSettings = {
  'node.id': {
    type: 'int',
    default: '1',
    min: 0,
    doc: 'Number of this broker, unique in its cluster.',
  },
  'broker.id': {
    type: 'int',
    default: '-1',
    doc: 'Older name of node.id: each counts for the other, and they must not differ.',
  },
  'broker.rack': {
    type: 'string',
    default: null,
    doc: 'Where the broker stands (a rack, a zone, a host). Replicas are spread over racks, and consumers may read from a replica in theirs.',
  },
  'num.partitions': {
    type: 'int',
    default: '1',
    min: 1,
    doc: 'Partitions of a topic that is created without a number of its own.',
  },
  'default.replication.factor': {
    type: 'int',
    default: '1',
    doc: 'Replicas of a topic that is created without a number of its own.',
  },
  'min.insync.replicas': {
    type: 'int',
    default: '1',
    min: 1,
    dynamic: true,
    doc: 'How many in-sync replicas a partition must have for a write with acks=all to be accepted.',
  },
  'unclean.leader.election.enable': {
    type: 'boolean',
    default: 'false',
    dynamic: true,
    noEffect: ONE_NODE,
    doc: 'Whether a replica that is not in sync may become leader as a last resort, which loses records.',
  },
  'auto.create.topics.enable': {
    type: 'boolean',
    default: 'true',
    doc: 'Whether a topic that a client asks for is created when it does not exist.',
  },
  'delete.topic.enable': {
    type: 'boolean',
    default: 'true',
    doc: 'Whether topics may be deleted by clients.',
  },
  'auto.leader.rebalance.enable': {
    type: 'boolean',
    default: 'true',
    noEffect: ONE_NODE,
    doc: 'Whether leadership goes back to the preferred replicas by itself.',
  },
  'leader.imbalance.check.interval.seconds': {
    type: 'long',
    default: '300',
    min: 1,
    noEffect: ONE_NODE,
    doc: 'Seconds between two looks for partitions that are not led by their preferred replica.',
  },
  'controlled.shutdown.enable': {
    type: 'boolean',
    default: 'true',
    noEffect: ONE_NODE,
    doc: 'Whether a broker that stops hands over its partitions first.',
  },
  'broker.heartbeat.interval.ms': {
    type: 'int',
    default: '2000',
    noEffect: ONE_NODE,
    doc: 'Milliseconds between two signs of life of a broker to its cluster.',
  },
  'broker.session.timeout.ms': {
    type: 'int',
    default: '9000',
    noEffect: ONE_NODE,
    doc: 'Milliseconds without a sign of life after which a broker counts as gone.',
  },
  'num.replica.fetchers': {
    type: 'int',
    default: '1',
    min: 1,
    dynamic: true,
    noEffect: ONE_NODE,
    doc: 'Connections over which a follower reads from one leader.',
  },
  'replica.fetch.max.bytes': {
    type: 'int',
    default: '1048576',
    min: 0,
    noEffect: ONE_NODE,
    doc: 'Bytes that a follower asks for per partition; a larger first batch still comes whole.',
  },
  'replica.fetch.response.max.bytes': {
    type: 'int',
    default: '10485760',
    min: 0,
    noEffect: ONE_NODE,
    doc: 'Bytes that a follower asks for in one answer.',
  },
  'replica.fetch.min.bytes': {
    type: 'int',
    default: '1',
    noEffect: ONE_NODE,
    doc: 'Bytes that a leader collects before it answers a follower.',
  },
  'replica.fetch.wait.max.ms': {
    type: 'int',
    default: '500',
    noEffect: ONE_NODE,
    doc: 'Milliseconds for which a leader keeps a follower waiting for replica.fetch.min.bytes.',
  },
  'replica.fetch.backoff.ms': {
    type: 'int',
    default: '1000',
    min: 0,
    noEffect: ONE_NODE,
    doc: 'Milliseconds that a follower rests after a failed fetch of a partition.',
  },
  'replica.lag.time.max.ms': {
    type: 'long',
    default: '30000',
    noEffect: ONE_NODE,
    doc: 'Milliseconds for which a follower may not have caught up with its leader before it leaves the in-sync replicas.',
  },
  'replica.socket.timeout.ms': {
    type: 'int',
    default: '30000',
    noEffect: ONE_NODE,
    doc: 'Milliseconds after which a request of a follower without an answer has failed.',
  },
  'replica.selector.class': {
    type: 'string',
    default: null,
    noEffect: ONE_NODE,
    doc: 'How the replica is chosen from which a consumer with a rack reads.',
  },
  'replica.high.watermark.checkpoint.interval.ms': {
    type: 'long',
    default: '5000',
    doc: 'Milliseconds between two writes of the file that holds the high watermarks.',
  },
} as const satisfies SettingTable
