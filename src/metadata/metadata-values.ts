import type { ConfigOverrides } from './config-resource'
import type { BrokerImage, ControllerImage, Endpoint, PartitionImage } from './metadata-image'
import type { KeyValue } from './metadata-store'
import type { PartitionState, ReplicaEpoch } from './partition-state'
import { encodeFields, StoredFields } from './stored-fields'

/** `brokers/<id>`. What the image shows of it beside the epoch, which is the key's create revision. */
export interface BrokerValue {
  readonly incarnation: string
  readonly endpoints: readonly Endpoint[]
  readonly rack: string | null
  readonly state: BrokerImage['state']
  /** Null: since this registration. */
  readonly safeSince: number | null
}

/** `controller`. */
export interface ControllerValue {
  readonly id: number
  readonly brokerEpoch: number
}

/** `topics/id/<topic id>`. The mod revision of this key is the token of every multi-step change of the topic. */
export interface TopicValue {
  readonly name: string
  /** `creating`: not named yet; `deleting`: no longer named. Both are removed when nobody works on them any more. */
  readonly state: 'creating' | 'live' | 'deleting'
  /** The partitions from this number on do not exist, whatever the store holds: they are being added. */
  readonly partitionCount: number
  readonly configs: ConfigOverrides
  /** The broker that creates the topic. */
  readonly creator: ReplicaEpoch
}

export const encodeBroker = (broker: BrokerValue): string => encodeFields(broker)

export const decodeBroker = (id: number, keyValue: KeyValue): BrokerImage => {
  const fields = StoredFields.parse(keyValue.key, keyValue.value)
  return {
    id,
    epoch: keyValue.createRevision,
    incarnation: fields.text('incarnation'),
    endpoints: fields.objects('endpoints').map(endpoint => ({
      listenerName: endpoint.text('listenerName'),
      securityProtocol: endpoint.text('securityProtocol'),
      host: endpoint.text('host'),
      port: endpoint.integer('port'),
    })),
    rack: fields.textOrNull('rack'),
    state: fields.oneOf('state', ['running', 'draining']),
    safeSince: fields.integerOrNull('safeSince') ?? keyValue.createRevision,
  }
}

export const encodeController = (controller: ControllerValue): string => encodeFields(controller)

export const decodeController = (keyValue: KeyValue): ControllerImage => {
  const fields = StoredFields.parse(keyValue.key, keyValue.value)
  return { id: fields.integer('id'), brokerEpoch: fields.integer('brokerEpoch'), epoch: keyValue.createRevision }
}

export const encodeTopicName = (topicId: string): string => encodeFields({ topicId })

/** The topic id. */
export const decodeTopicName = (keyValue: KeyValue): string =>
  StoredFields.parse(keyValue.key, keyValue.value).text('topicId')

export const encodeTopic = (topic: TopicValue): string =>
  encodeFields({ ...topic, creator: [topic.creator.id, topic.creator.epoch] })

export const decodeTopic = (keyValue: KeyValue): TopicValue => {
  const fields = StoredFields.parse(keyValue.key, keyValue.value)
  const [id = -1, epoch = -1] = fields.integers('creator')
  return {
    name: fields.text('name'),
    state: fields.oneOf('state', ['creating', 'live', 'deleting']),
    partitionCount: fields.integer('partitionCount'),
    configs: fields.texts('configs'),
    creator: { id, epoch },
  }
}

export const encodePartition = (state: PartitionState): string =>
  encodeFields({
    replicas: state.replicas,
    adding: state.adding,
    removing: state.removing,
    leader: state.leader,
    leaderBrokerEpoch: state.leaderBrokerEpoch,
    leaderEpoch: state.leaderEpoch,
    partitionEpoch: state.partitionEpoch,
    isr: state.isr.map(({ id, epoch }) => [id, epoch]),
    elr: state.elr.map(({ id, epoch }) => [id, epoch]),
    minIsr: state.minIsr,
    recovering: state.recovering,
  })

export const decodePartition = (partition: number, keyValue: KeyValue): PartitionImage => {
  const fields = StoredFields.parse(keyValue.key, keyValue.value)
  return {
    partition,
    modRevision: keyValue.modRevision,
    replicas: fields.integers('replicas'),
    adding: fields.integers('adding'),
    removing: fields.integers('removing'),
    leader: fields.integer('leader'),
    leaderBrokerEpoch: fields.integer('leaderBrokerEpoch'),
    leaderEpoch: fields.integer('leaderEpoch'),
    partitionEpoch: fields.integer('partitionEpoch'),
    isr: replicaEpochs(fields.integerPairs('isr')),
    elr: replicaEpochs(fields.integerPairs('elr')),
    minIsr: fields.integer('minIsr'),
    recovering: fields.flag('recovering'),
  }
}

const replicaEpochs = (pairs: readonly (readonly [number, number])[]): ReplicaEpoch[] =>
  pairs.map(([id, epoch]) => ({ id, epoch }))

export const encodeOverrides = (overrides: ConfigOverrides): string => encodeFields({ overrides })

export const decodeOverrides = (keyValue: KeyValue): ConfigOverrides =>
  StoredFields.parse(keyValue.key, keyValue.value).texts('overrides')

export const encodeProducerIds = (next: number): string => encodeFields({ next })

/** The first producer id that no block holds yet. */
export const decodeProducerIds = (keyValue: KeyValue): number =>
  StoredFields.parse(keyValue.key, keyValue.value).integer('next')
