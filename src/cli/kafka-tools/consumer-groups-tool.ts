import { ErrorCode, errorName } from '../../../protocol/errors'
import { ListGroups } from '../../../protocol/messages/16-list-groups'
import { DeleteGroups } from '../../../protocol/messages/42-delete-groups'
import type { ClusterClient } from '../cluster-client'
import { CommandFailure } from '../command-failure'
import { EARLIEST, LATEST, offsetsAt } from '../consume-command'
import { ensureNoError } from './cluster-error'
import { describedGroup, memberLines, offsetLines, stateLines } from './group-descriptions'
import { commitOffsets, coordinatorOf, offsetsOfGroup } from './group-offsets'
import { BOOTSTRAP_OPTION, type KafkaTool, type ToolContext } from './kafka-tool'
import { textColumns } from './text-columns'
import { type ToolArguments, ToolUsageError } from './tool-options'

const ACTIONS = ['list', 'describe', 'delete', 'reset-offsets'] as const
const TARGETS = ['to-earliest', 'to-latest', 'to-offset', 'shift-by', 'to-current'] as const

/** kafka-consumer-groups.sh (org.apache.kafka.tools.consumer.group.ConsumerGroupCommand). What fails ends with exit code 1. */
export const consumerGroupsTool: KafkaTool = {
  purpose: 'Lists, describes and deletes consumer groups, and moves their offsets.',
  options: [
    BOOTSTRAP_OPTION,
    { name: 'list', meaning: 'List groups.' },
    { name: 'describe', meaning: 'Print offsets and lag of groups.' },
    { name: 'delete', meaning: 'Delete groups that have no members.' },
    { name: 'reset-offsets', meaning: 'Move the offsets of groups that have no members.' },
    { name: 'group', argument: 'group', meaning: 'The group; may be repeated.' },
    { name: 'all-groups', meaning: 'All groups.' },
    { name: 'members', meaning: 'With --describe: the members.' },
    { name: 'state', meaning: 'With --describe and --list: the state.' },
    { name: 'offsets', meaning: 'With --describe: the offsets, as without it.' },
    {
      name: 'topic',
      argument: 'topic[:0,1]',
      meaning: 'With --reset-offsets: a topic, or partitions of it; repeatable.',
    },
    { name: 'all-topics', meaning: 'With --reset-offsets: all topics of the group.' },
    { name: 'to-earliest', meaning: 'To the oldest record.' },
    { name: 'to-latest', meaning: 'To the end.' },
    { name: 'to-current', meaning: 'To where they are.' },
    { name: 'to-offset', argument: 'offset', meaning: 'To an offset.' },
    { name: 'shift-by', argument: 'number', meaning: 'Forward, or back when it is negative.' },
    { name: 'dry-run', meaning: 'Only print what would be done.' },
    { name: 'execute', meaning: 'Do it.' },
  ],
  check(args) {
    const action = args.action(ACTIONS)
    if (action === 'list') return
    if (!args.has('group') && !args.has('all-groups')) {
      throw new ToolUsageError(`Option [${action}] takes one of these options: [group], [all-groups]`)
    }
    if (action !== 'reset-offsets') return
    args.action(TARGETS)
    if (!args.has('topic') && !args.has('all-topics')) {
      throw new ToolUsageError('Option [reset-offsets] takes one of these options: [all-topics], [topic]')
    }
    for (const name of ['to-offset', 'shift-by']) args.integer(name)
  },
  run(args, context) {
    return RUN[args.action(ACTIONS)](args, context)
  },
  failure: message => ({ to: 'stdout', text: `\nError: ${message}` }),
}

async function* listGroups(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const groups = await allGroups(client)
  if (!args.has('state')) {
    for (const { groupId } of groups) yield groupId
    return
  }
  const longest = Math.max(0, ...groups.map(({ groupId }) => groupId.length))
  const rows = groups.map(({ groupId, groupState }) => [groupId, groupState])
  yield* textColumns([longest + 10, 20], [['GROUP', 'STATE'], ...rows])
}

async function* describeGroups(args: ToolArguments, { client, note }: ToolContext): AsyncGenerator<string> {
  for (const id of await groupsOf(client, args)) {
    const group = await describedGroup(client, id)
    if (group.members.length === 0) note(`\nConsumer group '${id}' has no active members.`)
    if (args.has('members')) yield* memberLines(group)
    else if (args.has('state')) yield* await stateLines(client, group)
    else yield* await offsetLines(client, group)
  }
}

async function* deleteGroups(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const ids = await groupsOf(client, args)
  const failures: string[] = []
  for (const id of ids) {
    const { results } = await client.requestOf(await coordinatorOf(client, id), DeleteGroups, { groupsNames: [id] })
    for (const { groupId, errorCode } of results) {
      if (errorCode !== ErrorCode.NONE) {
        failures.push(`* Group '${groupId}' could not be deleted due to: ${errorName(errorCode)}`)
      }
    }
  }
  if (failures.length > 0) {
    throw new CommandFailure(['Deletion of some consumer groups failed:', ...failures].join('\n'))
  }
  yield `Deletion of requested consumer groups (${ids.map(id => `'${id}'`).join(', ')}) was successful.`
}

async function* resetOffsets(args: ToolArguments, { client, note }: ToolContext): AsyncGenerator<string> {
  const rows: string[][] = []
  for (const id of await groupsOf(client, args)) {
    const { groupState } = await describedGroup(client, id).catch(() => ({ groupState: 'Empty' }))
    if (groupState !== 'Empty') {
      throw new CommandFailure(
        `Assignments can only be reset if the group '${id}' is inactive, but the current state is ${groupState}.`,
      )
    }
    const offsets = await targets(client, args, id)
    if (args.has('execute')) await commitOffsets(client, id, offsets)
    for (const [topic, partitions] of offsets) {
      for (const [partition, offset] of partitions) rows.push([id, topic, `${partition}`, `${offset}`])
    }
  }
  if (!args.has('execute') && !args.has('dry-run')) {
    note('WARN: No action will be performed as the --execute option is missing.')
  }
  yield ''
  yield* textColumns([15, 15, 10, 0], [['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows])
}

const RUN = {
  list: listGroups,
  describe: describeGroups,
  delete: deleteGroups,
  'reset-offsets': resetOffsets,
} satisfies Record<(typeof ACTIONS)[number], KafkaTool['run']>

const allGroups = async (client: ClusterClient) => {
  const { errorCode, groups } = await client.request(ListGroups, {})
  ensureNoError(errorCode, null)
  return groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

const groupsOf = async (client: ClusterClient, args: ToolArguments): Promise<readonly string[]> =>
  args.has('all-groups') ? (await allGroups(client)).map(({ groupId }) => groupId) : args.all('group')

/** Where the offsets of a group go. */
const targets = async (
  client: ClusterClient,
  args: ToolArguments,
  group: string,
): Promise<Map<string, Map<number, number>>> => {
  const current = await offsetsOfGroup(client, group)
  const asked = args.has('all-topics') ? [...current.keys()] : args.all('topic')
  const found = new Map<string, Map<number, number>>()
  for (const text of asked) {
    const [name = '', partitions] = text.split(':')
    const topic = await client.partitionsOf(name, false)
    const [earliest, latest] = [await offsetsAt(client, topic, EARLIEST), await offsetsAt(client, topic, LATEST)]
    const indexes = partitions?.split(',').map(Number) ?? topic.leaders.keys()
    const offsets = new Map<number, number>()
    for (const index of indexes) {
      const [low, high] = [earliest[index], latest[index]]
      if (low === undefined || high === undefined) throw new CommandFailure(`${name} has no partition ${index}`)
      const at = current.get(name)?.get(index) ?? high
      offsets.set(index, Math.min(Math.max(targetOf(args, { low, high, at }), low), high))
    }
    found.set(name, offsets)
  }
  return found
}

const targetOf = (args: ToolArguments, range: { low: number; high: number; at: number }): number => {
  switch (args.action(TARGETS)) {
    case 'to-earliest':
      return range.low
    case 'to-latest':
      return range.high
    case 'to-current':
      return range.at
    case 'to-offset':
      return args.integer('to-offset')!
    case 'shift-by':
      return range.at + args.integer('shift-by')!
  }
}
