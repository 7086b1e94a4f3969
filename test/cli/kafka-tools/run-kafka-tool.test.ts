import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { JoinGroup } from '../../../protocol/messages/11-join-group'
import { SyncGroup } from '../../../protocol/messages/14-sync-group'
import { type RunningBroker, startBroker } from '../../../src/broker/start-broker'
import { ClusterClient } from '../../../src/cli/cluster-client'
import { NodeTransport } from '../../../src/io/node/node-transport'
import { assignment } from '../../support/assignment'
import { type ToolResult, toolRun } from '../../support/kafka-tool'
import { subscription } from '../../support/subscription'

let broker: RunningBroker

beforeAll(async () => {
  broker = await startBroker()
})

afterAll(() => broker.close())

const run = (tool: string, args: string, input?: string): Promise<ToolResult> =>
  toolRun(tool, ['--bootstrap-server', broker.bootstrap, ...args.split(' ').filter(word => word !== '')], input)

const linesOf = async (tool: string, args: string): Promise<readonly string[]> => {
  const { status, stdout } = await run(tool, args)
  expect(status).toBe(0)
  return stdout
}

/** The only member of a group, to which partitions of a topic are assigned. */
const memberOf = async (groupId: string, topic: string, partitions: readonly number[]): Promise<ClusterClient> => {
  const client = await ClusterClient.connect(new NodeTransport(), broker.bootstrap)
  await client.metadata([])
  const join = (memberId: string) =>
    client.requestOf(1, JoinGroup, {
      groupId,
      memberId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(topic) }],
    })
  await linesOf('kafka-console-consumer', `--topic ${topic} --from-beginning --max-messages 1 --group ${groupId}`)
  const { memberId: given } = await join('')
  const { memberId, generationId } = await join(given)
  const assignments = [{ memberId, assignment: assignment(topic, partitions) }]
  const joined = await client.requestOf(1, SyncGroup, {
    groupId,
    memberId,
    generationId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments,
  })
  expect(joined.errorCode).toBe(0)
  return client
}

test('a tool that is not there is told from those that are', async () => {
  const { status, stderr } = await toolRun('kafka-acls', [])
  expect([status, stderr[0]]).toEqual([1, expect.stringMatching(/^kafka-acls is none of kafka-topics, kafka-configs,/)])
})

test('help is what is understood of the options, and no failure', async () => {
  const { status, stdout, stderr } = await toolRun('kafka-topics', ['--help'])
  expect([status, stderr]).toEqual([0, []])
  expect(stdout).toContainEqual(expect.stringMatching(/^--if-not-exists +With --create/))
})

test('an option that is not understood ends with those that are', async () => {
  const { status, stdout, stderr } = await run('kafka-topics', '--list --command-config x')
  expect([status, stdout, stderr[0]]).toEqual([1, [], 'command-config is not a recognized option'])
  expect(stderr).toContainEqual(expect.stringMatching(/^--list +List topics/))
})

test('without brokers nothing is asked', async () => {
  const { status, stderr } = await toolRun('kafka-topics', ['--list'])
  expect([status, stderr[0]]).toEqual([1, 'Missing required argument "[bootstrap-server]"'])
})

test('a broker that is not up yet is waited for', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  const listed = toolRun('kafka-topics', ['--bootstrap-server', `127.0.0.1:${port}`, '--list'])
  const late = await startBroker({ port })
  expect((await listed).status).toBe(0)
  await late.close()
})

test('the APIs of a broker are listed with their versions', async () => {
  const lines = await linesOf('kafka-broker-api-versions', '')
  expect(lines[0]).toBe(`${broker.bootstrap} (id: 1 rack: null isFenced: false) -> (`)
  expect(lines).toContain('\tMetadata(3): 0 to 13 [usable: 13],')
  expect(lines).toContain('\tDescribeProducers(61): 0 [usable: 0],')
  expect(lines.at(-1)).toBe(')')
  expect(lines.at(-2)).not.toMatch(/,$/)
})

test('only partitions that lack something are shown when those are asked for', async () => {
  await broker.createTopic('well')
  expect(await linesOf('kafka-topics', '--describe --topic well --under-replicated-partitions')).toEqual([])
  expect(await linesOf('kafka-topics', '--describe --topic well --unavailable-partitions')).toEqual([])
})

test('a pattern that cannot be read is a failure', async () => {
  expect(await run('kafka-topics', '--list --topic [')).toEqual({
    status: 1,
    stdout: ['Error while executing topic command : [ is an invalid regex.'],
    stderr: [],
  })
})

test('topics of the broker itself are left out when they are not wanted', async () => {
  await run('kafka-console-producer', '--topic mine', 'a\n')
  await run('kafka-console-consumer', '--topic mine --from-beginning --max-messages 1 --group makes-offsets')
  expect(await linesOf('kafka-topics', '--list')).toEqual(expect.arrayContaining(['__consumer_offsets', 'mine']))
  expect(await linesOf('kafka-topics', '--list --exclude-internal')).not.toContain('__consumer_offsets')
})

test('all settings of a topic are shown when they are asked for', async () => {
  await broker.createTopic('set')
  const lines = await linesOf('kafka-configs', '--describe --topic set --all')
  expect(lines[0]).toBe('All configs for topic set are:')
  expect(lines).toContain('  cleanup.policy=delete sensitive=false synonyms={DEFAULT_CONFIG:log.cleanup.policy=delete}')
})

test.each([
  ['kafka-configs', '--describe --entity-type users', 'Invalid entity type users: topics, brokers, groups'],
  ['kafka-configs', '--alter --entity-type topics --add-config a=b', 'An entity name must be specified with --alter'],
  ['kafka-configs', '--alter --topic t --add-config a', 'Invalid entity config: a is not of the form name=value'],
  ['kafka-topics', '--list --if-not-exists', 'Option "[if-not-exists]" can only be used with --create'],
  [
    'kafka-console-producer',
    '--topic t --property a=b',
    'Of the properties parse.key,key.separator are understood, not a',
  ],
  [
    'kafka-console-producer',
    '--topic t --compression-codec rar',
    'Unknown compression codec rar: none, gzip, snappy, lz4, zstd',
  ],
  ['kafka-console-consumer', '--topic t --offset 3', 'The partition is required when offset is specified.'],
  [
    'kafka-consumer-groups',
    '--reset-offsets --group g --to-latest',
    'Option [reset-offsets] takes one of these options: [all-topics], [topic]',
  ],
])('%s %s is not understood', async (tool, args, message) => {
  const { status, stderr } = await run(tool, args)
  expect([status, stderr[0]]).toEqual([1, message])
})

test('settings that are refused are named', async () => {
  await broker.createTopic('strict')
  expect(await run('kafka-configs', '--alter --topic strict --add-config no.such=1')).toEqual({
    status: 1,
    stdout: [],
    stderr: ['Error while executing config command: Unknown topic config name: no.such'],
  })
})

test('a consumer begins where its group is, and goes on from there', async () => {
  await run('kafka-console-producer', '--topic read', 'a\nb\nc\n')
  const args = '--topic read --from-beginning --timeout-ms 1 --group readers'
  expect(await linesOf('kafka-console-consumer', `${args} --max-messages 2`)).toEqual(['a', 'b'])
  expect(await linesOf('kafka-console-consumer', `${args} --max-messages 1`)).toEqual(['c'])
})

test('a partition that a topic does not have cannot be read', async () => {
  await broker.createTopic('narrow')
  expect(await run('kafka-console-consumer', '--topic narrow --partition 1')).toMatchObject({
    status: 1,
    stderr: ['narrow has no partition 1'],
  })
})

describe('groups', () => {
  test('that have members are described with them, and cannot be reset or deleted', async () => {
    await broker.createTopic('orders', { partitions: 2 })
    await run('kafka-console-producer', '--topic orders', 'a\nb\n')
    const member = await memberOf('billing', 'orders', [0, 1])
    await run('kafka-console-consumer', '--topic orders --from-beginning --max-messages 2 --group earlier')
    const [, , offsets] = await linesOf('kafka-consumer-groups', '--describe --group earlier')
    expect(offsets).toMatch(/^earlier +orders +\d +\d +\d +0 +- +- +-$/)
    const [, head, row] = await linesOf('kafka-consumer-groups', '--describe --group billing --members')
    expect(head).toMatch(/^GROUP +CONSUMER-ID +HOST +CLIENT-ID +#PARTITIONS +$/)
    expect(row).toMatch(/^billing +odradek-cli-\S+ +\S+ +odradek-cli +2 +$/)
    const [, , state] = await linesOf('kafka-consumer-groups', '--describe --group billing --state')
    expect(state).toMatch(/^billing +127\.0\.0\.1:\d+ {2}\(1\) +range +Stable +1$/)
    expect(await linesOf('kafka-consumer-groups', '--list --state')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^billing +Stable +$/)]),
    )
    expect(
      await run('kafka-consumer-groups', '--reset-offsets --group billing --topic orders --to-latest --execute'),
    ).toMatchObject({
      status: 1,
      stdout: [
        '',
        "Error: Assignments can only be reset if the group 'billing' is inactive, but the current state is Stable.",
      ],
    })
    expect(await run('kafka-consumer-groups', '--delete --group billing')).toMatchObject({
      status: 1,
      stdout: [
        '',
        'Error: Deletion of some consumer groups failed:',
        "* Group 'billing' could not be deleted due to: NON_EMPTY_GROUP",
      ],
    })
    await member.close()
  })

  test('that are not there cannot be described', async () => {
    expect(await run('kafka-consumer-groups', '--describe --group nowhere')).toMatchObject({
      status: 1,
      stdout: ['', 'Error: Group nowhere not found.'],
    })
  })

  test.each([
    ['--to-offset 1', 1],
    ['--to-offset 99', 3],
    ['--shift-by -1', 1],
    ['--shift-by 99', 3],
    ['--to-current', 2],
  ])('are moved %s within what the log has', async (target, offset) => {
    const topic = `moved${target.replaceAll(/[^a-z0-9]/g, '')}`
    await run('kafka-console-producer', `--topic ${topic}`, 'a\nb\nc\n')
    await run('kafka-console-consumer', `--topic ${topic} --group ${topic} --from-beginning --max-messages 2`)
    const reset = `--reset-offsets --group ${topic} --topic ${topic}:0 ${target}`
    const { stderr } = await run('kafka-consumer-groups', reset)
    expect(stderr[0]).toMatch(/^WARN: No action will be performed/)
    await linesOf('kafka-consumer-groups', `${reset} --execute`)
    const [, , row] = await linesOf('kafka-consumer-groups', `--describe --group ${topic}`)
    expect(row!.split(/ +/).slice(2, 6)).toEqual(['0', `${offset}`, '3', `${3 - offset}`])
  })
})
