import { DescribeConfigs, type DescribeConfigsResponse } from '../../../protocol/messages/32-describe-configs'
import { IncrementalAlterConfigs } from '../../../protocol/messages/44-incremental-alter-configs'
import type { ClusterClient } from '../cluster-client'
import { ensureNoError } from './cluster-error'
import { BOOTSTRAP_OPTION, type KafkaTool, type ToolContext } from './kafka-tool'
import { type ToolArguments, ToolUsageError } from './tool-options'

type Config = DescribeConfigsResponse['results'][number]['configs'][number]

interface EntityType {
  /** In sentences. */
  readonly singular: string
  /** Of resources (Kafka's ConfigResource.Type). */
  readonly resourceType: number
  /** The source of a setting that was given to the entity itself (Kafka's ConfigSource). */
  readonly ownSource: number
  /** Options that name an entity of this type. */
  readonly shortcut: string
}

const TYPES = {
  topics: { singular: 'topic', resourceType: 2, ownSource: 1, shortcut: 'topic' },
  brokers: { singular: 'broker', resourceType: 4, ownSource: 2, shortcut: 'broker' },
  groups: { singular: 'group', resourceType: 32, ownSource: 8, shortcut: 'group' },
} satisfies Record<string, EntityType>

const DEFAULT_BROKER_SOURCE = 3

/** Names of sources by their numbers (Kafka's ConfigEntry.ConfigSource). */
const SOURCES: Readonly<Record<number, string>> = {
  1: 'DYNAMIC_TOPIC_CONFIG',
  2: 'DYNAMIC_BROKER_CONFIG',
  3: 'DYNAMIC_DEFAULT_BROKER_CONFIG',
  4: 'STATIC_BROKER_CONFIG',
  5: 'DEFAULT_CONFIG',
  6: 'DYNAMIC_BROKER_LOGGER_CONFIG',
  7: 'DYNAMIC_CLIENT_METRICS_CONFIG',
  8: 'DYNAMIC_GROUP_CONFIG',
}

const SET = 0
const DELETE = 1

/** Whose settings are meant; an empty name: the default of all brokers. */
interface Entity {
  readonly type: EntityType
  readonly name: string
}

/** kafka-configs.sh (kafka.admin.ConfigCommand). */
export const configsTool: KafkaTool = {
  purpose: 'Prints and changes the settings of topics, brokers and groups.',
  options: [
    BOOTSTRAP_OPTION,
    { name: 'describe', meaning: 'Print settings.' },
    { name: 'alter', meaning: 'Change settings.' },
    { name: 'entity-type', argument: 'type', meaning: `Whose settings: ${Object.keys(TYPES).join(', ')}.` },
    { name: 'entity-name', argument: 'name', meaning: 'Name of the topic or group, id of the broker.' },
    { name: 'entity-default', meaning: 'The default of all brokers.' },
    { name: 'topic', argument: 'topic', meaning: 'Instead of --entity-type topics --entity-name.' },
    { name: 'broker', argument: 'id', meaning: 'Instead of --entity-type brokers --entity-name.' },
    { name: 'group', argument: 'group', meaning: 'Instead of --entity-type groups --entity-name.' },
    { name: 'broker-defaults', meaning: 'Instead of --entity-type brokers --entity-default.' },
    { name: 'add-config', argument: 'name=value,...', meaning: 'Settings to set; lists in brackets: a=[b,c].' },
    { name: 'delete-config', argument: 'name,...', meaning: 'Settings that go back to their defaults.' },
    { name: 'all', meaning: 'With --describe: also settings that nobody has set.' },
  ],
  check(args) {
    const action = args.action(['alter', 'describe'])
    const { name } = entityOf(args)
    if (action === 'describe') return
    if (!args.has('add-config') && !args.has('delete-config')) {
      throw new ToolUsageError(
        'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
      )
    }
    if (name === null) throw new ToolUsageError('An entity name must be specified with --alter')
    additions(args)
  },
  run(args, context) {
    return args.has('alter') ? alterConfigs(args, context) : describeConfigs(args, context)
  },
  failure: message => ({ to: 'stderr', text: `Error while executing config command: ${message}` }),
}

const entityOf = (args: ToolArguments): { readonly type: EntityType; readonly name: string | null } => {
  for (const type of Object.values(TYPES)) {
    const name = args.text(type.shortcut)
    if (name !== null) return { type, name }
  }
  if (args.has('broker-defaults')) return { type: TYPES.brokers, name: '' }
  const typeName = args.text('entity-type')
  if (typeName === null) throw new ToolUsageError('At least one entity type must be specified')
  const type: EntityType | undefined = new Map(Object.entries(TYPES)).get(typeName)
  if (type === undefined) throw new ToolUsageError(`Invalid entity type ${typeName}: ${Object.keys(TYPES).join(', ')}`)
  return { type, name: args.has('entity-default') ? '' : args.text('entity-name') }
}

async function* alterConfigs(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const { type, name } = entityOf(args)
  const deletions = args.all('delete-config').flatMap(text => text.split(',').map(part => part.trim()))
  const { responses } = await client.request(IncrementalAlterConfigs, {
    resources: [
      {
        resourceType: type.resourceType,
        resourceName: name!,
        configs: [
          ...additions(args).map(([key, value]) => ({ name: key, configOperation: SET, value })),
          ...deletions.map(key => ({ name: key, configOperation: DELETE, value: null })),
        ],
      },
    ],
  })
  for (const { errorCode, errorMessage } of responses) ensureNoError(errorCode, errorMessage)
  const what =
    name === '' ? `default config for ${type.singular}s in the cluster` : `config for ${type.singular} ${name}`
  yield `Completed updating ${what}.`
}

/** A comma outside of brackets separates; brackets around a value hold a list together. */
const additions = (args: ToolArguments): [string, string][] =>
  args.all('add-config').flatMap(text =>
    text.split(/,(?![^[]*\])/).map((pair): [string, string] => {
      const [, name, list, value] = /^\s*([^=]+?)\s*=\s*(?:\[(.*)\]|(.*))\s*$/s.exec(pair) ?? []
      if (name === undefined) throw new ToolUsageError(`Invalid entity config: ${pair} is not of the form name=value`)
      return [name, list ?? value!]
    }),
  )

async function* describeConfigs(args: ToolArguments, { client }: ToolContext): AsyncGenerator<string> {
  const { type, name } = entityOf(args)
  const isMissing = type === TYPES.topics && name !== null && !(await namesOf(client, type)).includes(name)
  if (isMissing) return yield `The topic '${name}' doesn't exist and doesn't have dynamic config.`
  const names = name === null ? await namesOf(client, type) : [name]
  for (const entityName of names) yield* describeEntity(client, { type, name: entityName }, args.has('all'))
}

/** All that there are of a type. */
const namesOf = async (client: ClusterClient, type: EntityType): Promise<string[]> => {
  const { topics, brokers } = await client.metadata(type === TYPES.topics ? null : [])
  if (type === TYPES.topics) return topics.map(topic => topic.name!).sort()
  return type === TYPES.brokers ? [...brokers.map(({ nodeId }) => String(nodeId)), ''] : []
}

async function* describeEntity(client: ClusterClient, entity: Entity, all: boolean): AsyncGenerator<string> {
  const { type, name } = entity
  const resource = { resourceType: type.resourceType, resourceName: name, configurationKeys: null }
  const { results } = await client.request(DescribeConfigs, { resources: [resource], includeSynonyms: true })
  const { errorCode, errorMessage, configs } = results[0]!
  ensureNoError(errorCode, errorMessage)
  const own = name === '' ? DEFAULT_BROKER_SOURCE : type.ownSource
  if (name === '') yield `Default configs for ${type.singular}s in the cluster are:`
  else yield `${all ? 'All' : 'Dynamic'} configs for ${type.singular} ${name} are:`
  const shown = configs.filter(config => all || config.configSource === own)
  for (const config of shown.sort((a, b) => (a.name < b.name ? -1 : 1))) yield configLine(config)
}

const configLine = ({ name, value, isSensitive, synonyms }: Config): string => {
  const origins = synonyms.map(synonym => `${SOURCES[synonym.source]}:${synonym.name}=${synonym.value}`)
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${origins.join(', ')}}`
}
