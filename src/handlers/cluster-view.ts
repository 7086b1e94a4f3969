import { ErrorCode } from '../../protocol/errors'
import type { MetadataImage, PartitionImage } from '../metadata/metadata-image'
import { replicaIds } from '../metadata/partition-state'

/** Living brokers with an address on this listener. */
export const brokersOn = (image: MetadataImage, listenerName: string) => {
  const brokers: { nodeId: number; host: string; port: number; rack: string | null }[] = []
  for (const { id, endpoints, rack } of image.brokers.values()) {
    const endpoint = endpoints.find(candidate => candidate.listenerName === listenerName)
    if (endpoint) brokers.push({ nodeId: id, host: endpoint.host, port: endpoint.port, rack })
  }
  return brokers
}

/** A partition as Metadata and DescribeTopicPartitions tell it; without a living leader LEADER_NOT_AVAILABLE and leader -1. */
export const partitionView = (image: MetadataImage, partition: PartitionImage) => {
  const hasLeader = image.brokers.has(partition.leader)
  return {
    errorCode: hasLeader ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE,
    partitionIndex: partition.partition,
    leaderId: hasLeader ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: replicaIds(partition.isr),
    offlineReplicas: partition.replicas.filter(id => !image.brokers.has(id)),
  }
}
