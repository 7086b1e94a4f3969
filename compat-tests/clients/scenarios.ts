/** Something that a program does with its client, and what the runner does meanwhile. */
export interface Scenario {
  readonly name: string
  /** Above its column of the table. */
  readonly column: string
  readonly about: string
  /** What goes on in a new process after this one has asked to be killed. */
  readonly afterKill?: string
  /** Whether it reads a compacted topic, which is there before it starts. */
  readonly needsCompactedTopic?: true
  /** Whether it asks for a crash of the broker. */
  readonly crashesBroker?: true
}

/** What the program of each client knows by these names. A client that cannot do something says so by a check that is null. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'produce',
    column: 'codecs, acks',
    about:
      'none, gzip, snappy, lz4 and zstd, each with acks 0, 1 and all, into a partition of its own, and read back in order',
  },
  {
    name: 'values',
    column: 'values',
    about: 'headers, a timestamp, null and empty keys and values come back as they were sent',
  },
  { name: 'idempotent', column: 'idempotent', about: 'an idempotent producer: everything once and in order' },
  {
    name: 'transactions',
    column: 'transactions',
    about:
      'commit and abort under both isolation levels, a copy with its offsets in the transaction, an older producer that is fenced',
  },
  {
    name: 'group',
    column: 'group',
    about: 'a second member joins, takes half of four partitions, and leaves; each record goes to one of them',
  },
  {
    name: 'crash',
    column: 'crash',
    about: 'a member that has committed is killed; one in a new process goes on from there',
    afterKill: 'resume',
  },
  { name: 'consumer-group', column: 'KIP-848 group', about: 'the group again, by group.protocol=consumer' },
  {
    name: 'consumer-crash',
    column: 'KIP-848 crash',
    about: 'the crash again, by group.protocol=consumer',
    afterKill: 'consumer-resume',
  },
  {
    name: 'cooperative',
    column: 'cooperative',
    about: 'the group by the cooperative-sticky assignor: who stays keeps what it has while others join',
  },
  {
    name: 'static',
    column: 'static',
    about: 'a static member that comes back within its session timeout gets what it had, and others do not notice',
  },
  {
    name: 'topics',
    column: 'topics, configs',
    about: 'topics are created, refused, extended, described and deleted; their configs described and altered',
  },
  {
    name: 'groups',
    column: 'groups, offsets',
    about: 'groups are listed, described and deleted; their offsets listed, altered and deleted',
  },
  { name: 'delete-records', column: 'delete records', about: 'records below an offset are deleted' },
  { name: 'times', column: 'times', about: 'the first offset at or after a time; the first and the last offset' },
  {
    name: 'compacted',
    column: 'compacted',
    about: 'a topic whose first segments were emptied by compaction is read to its end',
    needsCompactedTopic: true,
  },
  {
    name: 'restart',
    column: 'restart',
    about:
      'kill -9 and start of the broker while an idempotent producer and a consumer work: nothing lost, nothing twice',
    crashesBroker: true,
  },
]
