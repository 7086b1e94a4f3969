/** What /metrics says after traffic that is known. */
import { ErrorCode } from '../../../protocol/errors'
import { Produce } from '../../../protocol/messages/00-produce'
import { Fetch } from '../../../protocol/messages/01-fetch'
import { OffsetCommit } from '../../../protocol/messages/08-offset-commit'
import { FindCoordinator } from '../../../protocol/messages/10-find-coordinator'
import { DeleteRecords } from '../../../protocol/messages/21-delete-records'
import { InitProducerId } from '../../../protocol/messages/22-init-producer-id'
import { EndTxn } from '../../../protocol/messages/26-end-txn'
import { ConsumerGroupHeartbeat } from '../../../protocol/messages/68-consumer-group-heartbeat'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { allMetrics } from '../../../src/metrics/tables/all-metrics'
import { batchOf, START_MS } from '../../support/batches'
import { seriesOf } from '../../support/exposed-series'
import { stableGroup, startGroupBroker, TOPIC } from '../../support/group-broker'
import { TestBroker } from '../../support/test-broker'

const ofTopics = 'kafka_server_brokertopicmetrics'

let broker: TestBroker
afterEach(() => broker.close())

const produce = (records: Buffer, topic = 'orders', index = 0) =>
  broker.ask(Produce, 9, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: topic, partitionData: [{ index, records }] }],
  })

const fetch = (topic: string, fetchOffset: number) =>
  broker.ask(Fetch, 4, {
    maxBytes: 1 << 20,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1 << 20 }] }],
  })

const values = async (metric: string) => seriesOf(await broker.metrics(), metric)

test('traffic is counted by topic: records and bytes in and out, requests and those that failed', async () => {
  broker = await TestBroker.start()
  await broker.createTopic('orders', { partitions: 2 })
  await broker.createTopic('quiet')
  const batch = batchOf(['a', 'b', 'c'])
  await produce(Buffer.from(batch))
  await produce(Buffer.from(batch), 'orders', 1)
  await produce(Buffer.alloc(100))
  await fetch('orders', 0)
  await fetch('orders', 7)
  expect(await values(`${ofTopics}_messagesin_total`)).toEqual({ '{topic="orders"}': 6 })
  expect(await values(`${ofTopics}_bytesin_total`)).toEqual({ '{topic="orders"}': 2 * batch.length })
  expect(await values(`${ofTopics}_bytesout_total`)).toEqual({ '{topic="orders"}': batch.length })
  expect(await values(`${ofTopics}_totalproducerequests_total`)).toEqual({ '{topic="orders"}': 3 })
  expect(await values(`${ofTopics}_failedproducerequests_total`)).toEqual({ '{topic="orders"}': 1 })
  expect(await values(`${ofTopics}_totalfetchrequests_total`)).toEqual({ '{topic="orders"}': 2 })
  expect(await values(`${ofTopics}_failedfetchrequests_total`)).toEqual({ '{topic="orders"}': 1 })
})

test('what an idempotent producer sends twice counts once', async () => {
  broker = await TestBroker.start()
  await broker.createTopic('orders')
  const { producerId, producerEpoch } = await broker.ask(InitProducerId, 4, { transactionalId: null })
  const batch = batchOf(['a'], { producerId, producerEpoch, baseSequence: 0 })
  await produce(Buffer.from(batch))
  await produce(Buffer.from(batch))
  expect(await values(`${ofTopics}_messagesin_total`)).toEqual({ '{topic="orders"}': 1 })
  expect(await values(`${ofTopics}_bytesin_total`)).toEqual({ '{topic="orders"}': batch.length })
})

test('each partition has its size and its offsets', async () => {
  broker = await TestBroker.start()
  await broker.createTopic('orders', { partitions: 2 })
  const batch = batchOf(['a', 'b', 'c'])
  await produce(batch)
  const partitions = [{ partitionIndex: 0, offset: 2 }]
  await broker.ask(DeleteRecords, 2, { topics: [{ name: 'orders', partitions }], timeoutMs: 1000 })
  const series = '{topic="orders",partition="0"}'
  expect(await values('kafka_log_log_size_bytes')).toEqual({ [series]: batch.length })
  expect(await values('kafka_log_log_logendoffset')).toEqual({ [series]: 3 })
  expect(await values('kafka_log_log_logstartoffset')).toEqual({ [series]: 2 })
  expect(await values('kafka_server_replicamanager_partitioncount')).toEqual({ '': 2 })
  expect(await values('kafka_server_replicamanager_leadercount')).toEqual({ '': 2 })
  expect(await values('kafka_server_replicamanager_underreplicatedpartitions')).toEqual({})
  expect(await values('kafka_controller_kafkacontroller_activecontrollercount')).toEqual({ '': 1 })
  expect(await values('kafka_controller_kafkacontroller_globalpartitioncount')).toEqual({ '': 2 })
})

test('requests are counted by version, their errors by name, and every phase of their time once', async () => {
  broker = await TestBroker.start()
  await broker.createTopic('orders')
  await produce(batchOf(['a']))
  await produce(batchOf(['a']), 'orders', 9)
  const requests = 'kafka_network_requestmetrics'
  expect(await values(`${requests}_requests_total`)).toEqual({
    '{request="CreateTopics",version="7"}': 1,
    '{request="Produce",version="9"}': 2,
  })
  expect(await values(`${requests}_errors_total`)).toEqual({
    '{request="Produce",error="UNKNOWN_TOPIC_OR_PARTITION"}': 1,
  })
  const counts = await values(`${requests}_time_seconds_count`)
  for (const phase of ['queue', 'local', 'remote', 'throttle', 'send', 'total']) {
    expect(counts).toMatchObject({ [`{request="Produce",phase="${phase}"}`]: 2 })
  }
})

test('a fetch that waits is in the purgatory, and its wait is remote time', async () => {
  broker = await TestBroker.start()
  await broker.createTopic('orders', { partitions: 3 })
  const client = await broker.connect()
  const partitions = [0, 1, 2].map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 << 20 }))
  const waiting = client.send(Fetch, 11, {
    sessionEpoch: 0,
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 1 << 20,
    topics: [{ topic: 'orders', partitions }],
  })
  await broker.timers.settle()
  const purgatory = 'kafka_server_delayedoperationpurgatory_purgatorysize'
  expect(await values(purgatory)).toEqual({ '{delayedoperation="Fetch"}': 1 })
  await broker.timers.advance(500)
  await broker.until(waiting)
  expect(await values(purgatory)).toEqual({})
  expect(await values('kafka_network_requestmetrics_time_seconds_sum')).toMatchObject({
    '{request="Fetch",phase="remote"}': 0.5,
    '{request="Fetch",phase="total"}': 0.5,
  })
  expect(await values('kafka_server_fetchsessioncache_numincrementalfetchsessions')).toEqual({ '': 1 })
  expect(await values('kafka_server_fetchsessioncache_numincrementalfetchpartitionscached')).toEqual({ '': 3 })
})

test('connections are counted, and what strangers send', async () => {
  broker = await TestBroker.start({ settings: { 'max.connections': '2' } })
  const stranger = await broker.connect()
  await broker.connect()
  const turnedAway = await broker.connect()
  await broker.until(turnedAway.closed)
  stranger.sendRaw(Buffer.from('000000040bad0bad', 'hex'))
  await broker.until(stranger.closed)
  const connections = 'kafka_server_socketservermetrics_connection'
  expect(await values(`${connections}_creation_total`)).toEqual({ '{listener="PLAINTEXT"}': 2 })
  expect(await values(`${connections}s`)).toEqual({ '{listener="PLAINTEXT"}': 1 })
  expect(await values('odradek_connections_refused_total')).toEqual({
    '{listener="PLAINTEXT",limit="max.connections"}': 1,
  })
  expect(await values('odradek_requests_refused_total')).toEqual({ '{reason="unknown api"}': 1 })
})

describe('groups', () => {
  const commit = (groupId: string, offset: number, partitionIndex = 0) =>
    broker.ask(OffsetCommit, 8, {
      groupId,
      generationIdOrMemberEpoch: -1,
      topics: [{ name: TOPIC, partitions: [{ partitionIndex, committedOffset: offset }] }],
    })

  test('have a state, members, and a lag for each partition and topic', async () => {
    broker = (await startGroupBroker()).broker
    await produce(batchOf(['a', 'b', 'c']), TOPIC, 0)
    await produce(batchOf(['a']), TOPIC, 1)
    await commit('batch', 1)
    await commit('batch', 1, 1)
    await stableGroup(broker, 'group')
    expect(await values('kafka_coordinator_group_groups')).toEqual({ '{state="Empty"}': 1, '{state="Stable"}': 1 })
    expect(await values('kafka_consumergroup_members')).toEqual({ '{consumergroup="group"}': 1 })
    expect(await values('odradek_consumergroup_state')).toEqual({
      '{consumergroup="batch",state="Empty"}': 1,
      '{consumergroup="group",state="Stable"}': 1,
    })
    const group = `consumergroup="batch",topic="${TOPIC}"`
    expect(await values('kafka_consumergroup_lag')).toEqual({ [`{${group},partition="0"}`]: 2 })
    expect(await values('kafka_consumergroup_lag_sum')).toEqual({ [`{${group}}`]: 2 })
    expect(await values('kafka_consumergroup_current_offset_sum')).toEqual({ [`{${group}}`]: 2 })
    expect(await values('odradek_coordinator_load_seconds_count')).toMatchObject({ '{coordinator="group"}': 2 })
    expect(await values('odradek_coordinator_partitions')).toMatchObject({
      '{coordinator="group",state="ready"}': 2,
    })
  })

  test('of the consumer protocol have states and members, too', async () => {
    broker = (await startGroupBroker()).broker
    const { errorCode } = await broker.ask(ConsumerGroupHeartbeat, 1, {
      groupId: 'modern',
      memberId: 'AAAAAAAAAAAAAAAAAAAAAQ',
      memberEpoch: 0,
      rebalanceTimeoutMs: 60_000,
      subscribedTopicNames: [TOPIC],
      topicPartitions: [],
    })
    expect(errorCode).toBe(ErrorCode.NONE)
    expect(await values('kafka_consumergroup_members')).toEqual({ '{consumergroup="modern"}': 1 })
    expect(Object.keys(await values('odradek_consumergroup_state'))).toEqual([
      expect.stringMatching(/^{consumergroup="modern",state="(Assigning|Reconciling|Stable)"}$/),
    ])
  })

  test('beyond the limit are only counted', async () => {
    broker = (await startGroupBroker({ 'metrics.groups.max': '1' })).broker
    await commit('one', 1)
    await commit('two', 1)
    expect(await values('kafka_coordinator_group_groups')).toEqual({ '{state="Empty"}': 2 })
    expect(await values('kafka_consumergroup_current_offset')).toEqual({})
    expect(await values('odradek_consumergroup_state')).toEqual({})
    expect(await values('odradek_metrics_omitted')).toEqual({ '{series="groups"}': 1 })
  })
})

test('more committed offsets than the limit are told as sums only', async () => {
  broker = (await startGroupBroker({ 'metrics.partitions.max': '1' })).broker
  const partitions = [0, 1].map(partitionIndex => ({ partitionIndex, committedOffset: 2 }))
  const topics = [{ name: TOPIC, partitions }]
  await broker.ask(OffsetCommit, 8, { groupId: 'batch', generationIdOrMemberEpoch: -1, topics })
  expect(await values('kafka_consumergroup_current_offset')).toEqual({})
  expect(await values('kafka_consumergroup_current_offset_sum')).toEqual({
    [`{consumergroup="batch",topic="${TOPIC}"}`]: 4,
  })
  expect(await values('odradek_metrics_omitted')).toMatchObject({ '{series="offsets"}': 1 })
})

test('more topics than the limit are one series, more partitions than the limit are none', async () => {
  broker = await TestBroker.start({ settings: { 'metrics.topics.max': '1', 'metrics.partitions.max': '1' } })
  await broker.createTopic('orders')
  await produce(batchOf(['a']))
  expect(await values(`${ofTopics}_messagesin_total`)).toEqual({ '{topic="orders"}': 1 })
  expect(await values('kafka_log_log_logendoffset')).toEqual({ '{topic="orders",partition="0"}': 1 })
  await broker.createTopic('bills')
  await produce(batchOf(['a', 'b']), 'bills')
  expect(await values(`${ofTopics}_messagesin_total`)).toEqual({ '': 3 })
  expect(await values('kafka_log_log_logendoffset')).toEqual({})
  expect(await values('odradek_metrics_omitted')).toEqual({ '{series="topics"}': 1, '{series="partitions"}': 1 })
})

test('transactions are open, then committed or aborted', async () => {
  broker = await TestBroker.start({ settings: { 'transaction.state.log.num.partitions': '1' } })
  await broker.createTopic('orders')
  for (const committed of [true, false, false]) {
    const producer = await begin()
    expect(await values('odradek_transactions')).toMatchObject({ '{state="Ongoing"}': 1 })
    expect(await values('kafka_cluster_partition_laststableoffsetlag')).toMatchObject({
      '{topic="orders",partition="0"}': 1,
    })
    const { errorCode } = await broker.ask(EndTxn, 5, { transactionalId: 'tx', ...producer, committed })
    expect(errorCode).toBe(ErrorCode.NONE)
    await broker.timers.settle()
  }
  expect(await values('odradek_transactions')).toEqual({ '{state="CompleteAbort"}': 1 })
  expect(await values('odradek_transactions_ended_total')).toEqual({
    '{result="committed"}': 1,
    '{result="aborted"}': 2,
  })

  /** One record of a new transaction. */
  async function begin() {
    await broker.ask(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['tx'] })
    const found = await broker.ask(InitProducerId, 5, { transactionalId: 'tx', transactionTimeoutMs: 60_000 })
    const { producerId, producerEpoch } = found
    const records = batchOf(['a'], { producerId, producerEpoch, baseSequence: 0, isTransactional: true })
    const { responses } = await broker.ask(Produce, 12, {
      transactionalId: 'tx',
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records }] }],
    })
    expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(ErrorCode.NONE)
    return { producerId, producerEpoch }
  }
})

test('retention tells how much it has deleted', async () => {
  broker = await TestBroker.start()
  const configs = { 'segment.bytes': '1048576', 'retention.bytes': '0', 'file.delete.delay.ms': '0' }
  await broker.createTopic('orders', { configs })
  const batch = batchOf(['x'.repeat(700_000)])
  await produce(Buffer.from(batch))
  await produce(Buffer.from(batch))
  await broker.timers.advance(300_000)
  expect(await values('odradek_log_deleted_segments_total')).not.toEqual({})
  expect(await values('kafka_log_log_logstartoffset')).not.toEqual({})
  expect(await values('odradek_log_deleted_bytes_total')).toEqual({ '': 2 * batch.length })
})

test('compaction tells how often it ran and what it has saved', async () => {
  broker = await TestBroker.start()
  const configs = { 'cleanup.policy': 'compact', 'segment.bytes': '1048576', 'min.cleanable.dirty.ratio': '0' }
  await broker.createTopic('orders', { configs })
  const key = Buffer.from('key')
  for (let count = 0; count < 3; count++) {
    await produce(encodeBatch({ records: [{ key, value: Buffer.alloc(700_000), timestamp: START_MS }] }))
  }
  await broker.timers.advance(15_000)
  expect(await values('odradek_log_compaction_seconds_count')).toEqual({ '': 1 })
  const { '': before } = await values('odradek_log_compaction_read_bytes_total')
  const { '': after } = await values('odradek_log_compaction_written_bytes_total')
  expect(before).toBeGreaterThan(1_400_000)
  expect(before! - after!).toBeGreaterThan(700_000)
})

test('writes and flushes are timed, and reads of the newest records need no file', async () => {
  broker = await TestBroker.start()
  await broker.createTopic('orders', { configs: { 'flush.messages': '1' } })
  await broker.createTopic('careless')
  await produce(batchOf(['a']))
  await produce(batchOf(['b']))
  await produce(batchOf(['c']), 'careless')
  await fetch('orders', 0)
  expect(await values('odradek_disk_write_seconds_count')).toEqual({ '': 3 })
  expect(await values('odradek_disk_flush_seconds_count')).toEqual({ '': 2 })
  expect(await values('odradek_tail_cache_hits_total')).toEqual({ '': 1 })
  expect(await values('odradek_tail_cache_misses_total')).toEqual({})
  expect(Object.keys(await values('odradek_tail_cache_bytes'))).toEqual([''])
})

test('every metric is there from the start, with its help', async () => {
  broker = await TestBroker.start()
  const text = await broker.metrics()
  for (const { name, type, help } of allMetrics) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)
  }
  expect(text.match(/^# TYPE/gm)).toHaveLength(allMetrics.length)
})
