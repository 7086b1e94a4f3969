import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../free-port'
import { Kafka, kafkaTool } from '../kafka'
import type { SuiteRun } from '../suite'
import { brokerOf, crashes } from './broker'
import { JavaPrograms } from './java-programs'

const MAIN = 'org.apache.kafka.connect.mirror.MirrorMaker'
const TOPIC = 'lines'
/** By the default policy of MirrorMaker: the name of the cluster, a dot, the name of the topic. */
const MIRRORED_TOPIC = 'source.lines'
const GROUP = 'readers'
const PARTITIONS = 3
const LINES = 9_000
const LINES_PER_SECOND = 300
const BROKER_CRASHES = 2
const FEED_TIMEOUT_MS = 300_000
const GROUP_WITHIN_MS = 180_000
const GROUP_POLL_MS = 2_000

/** MirrorMaker 2 copies a topic of a Kafka and the offsets of a group into our broker, exactly once, which is killed meanwhile. */
export const mirrorMaker = async (run: SuiteRun): Promise<void> => {
  const { kafka: command } = run.options
  if (command === null) return run.skip('MirrorMaker', '--kafka does not name a command that starts a Kafka')
  const java = await JavaPrograms.of(run, 'MirrorMaker')
  if (java === null) return
  const source = await Kafka.create(command, path.join(run.directory, 'source'))
  run.atEnd(() => source.stop())
  const target = await brokerOf(run, 'mirror-maker-broker')
  const tool = async (name: string, bootstrap: string, ...args: readonly string[]) =>
    (await kafkaTool(command, name, '--bootstrap-server', bootstrap, ...args)).stdout

  await run.check('MirrorMaker 2 copies a topic of a Kafka exactly once', async () => {
    await tool('TopicCommand', source.bootstrap, '--create', '--topic', TOPIC, '--partitions', String(PARTITIONS))
    const properties = path.join(run.directory, 'mirror-maker.properties')
    fs.writeFileSync(properties, propertiesOf(source.bootstrap, target.bootstrap, await freePort()))
    java.start('mirror-maker', MAIN, [properties])
    const feed = java.run('Feed', [source.bootstrap, TOPIC, String(LINES), String(LINES_PER_SECOND)], FEED_TIMEOUT_MS)
    const crashed = await crashes(target, BROKER_CRASHES)
    await feed
    const fed = await java.read(source.bootstrap, TOPIC, LINES)
    const copied = await java.read(target.bootstrap, MIRRORED_TOPIC, LINES)
    const found = new Set(copied)
    const missing = fed.filter(line => !found.has(line)).length
    if (missing > 0 || copied.length !== LINES)
      throw new Error(`${copied.length} of ${LINES} lines, ${missing} are missing`)
    return `${copied.length} lines; ${crashed}`
  })
  await run.check('MirrorMaker 2 translates the offsets of a group', async () => {
    const reset = ['--reset-offsets', '--topic', TOPIC, '--to-latest', '--execute', '--group', GROUP]
    await tool('ConsumerGroupCommand', source.bootstrap, ...reset)
    for (const deadline = Date.now() + GROUP_WITHIN_MS; ; await pause(GROUP_POLL_MS)) {
      const groups = await tool('ConsumerGroupCommand', target.bootstrap, '--list')
      const offsets = groups.includes(GROUP)
        ? await tool('ConsumerGroupCommand', target.bootstrap, '--describe', '--offsets', '--group', GROUP)
        : ''
      const committed = committedOffsets(offsets)
      if (committed.length === PARTITIONS && committed.every(offset => offset > 0)) return `it stands at ${committed}`
      if (Date.now() > deadline) throw new Error(`the group has no offsets: ${groups}${offsets}`)
    }
  })
}

/** Of the lines GROUP TOPIC PARTITION OFFSET of Kafka's tool. */
const committedOffsets = (described: string): number[] =>
  described
    .split('\n')
    .map(line => line.split(/\s+/))
    .filter(([group, topic]) => group === GROUP && topic === MIRRORED_TOPIC)
    .map(([, , , offset]) => Number(offset))

/** Settings that others than one broker need are left as they are; the intervals are short so that there is something to see soon. */
const propertiesOf = (source: string, target: string, port: number): string =>
  Object.entries({
    clusters: 'source, target',
    'source.bootstrap.servers': source,
    'target.bootstrap.servers': target,
    'source->target.enabled': 'true',
    'source->target.topics': TOPIC,
    'source->target.groups': GROUP,
    'target->source.enabled': 'false',
    'target.exactly.once.source.support': 'enabled',
    'dedicated.mode.enable.internal.rest': 'true',
    listeners: `http://127.0.0.1:${port}`,
    'replication.factor': '1',
    'checkpoints.topic.replication.factor': '1',
    'heartbeats.topic.replication.factor': '1',
    'offset-syncs.topic.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'config.storage.replication.factor': '1',
    'offset.lag.max': '10',
    'refresh.topics.interval.seconds': '5',
    'refresh.groups.interval.seconds': '5',
    'emit.checkpoints.interval.seconds': '2',
    'sync.group.offsets.enabled': 'true',
    'sync.group.offsets.interval.seconds': '2',
    'target.session.timeout.ms': '10000',
    'target.heartbeat.interval.ms': '2000',
    'target.scheduled.rebalance.max.delay.ms': '2000',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
