/** A replica together with the broker epoch under which it holds its place. */
export interface ReplicaEpoch {
  readonly id: number
  readonly epoch: number
}

/** What the cluster has agreed on about one partition. Compared by the mod revision of its key; the epochs here are for the wire. */
export interface PartitionState {
  /** Broker ids, the preferred leader first. */
  readonly replicas: readonly number[]
  /** Replicas being added by a reassignment (a subset of `replicas`). */
  readonly adding: readonly number[]
  /** Replicas being removed by a reassignment (a subset of `replicas`). */
  readonly removing: readonly number[]
  /** Broker id, -1: no leader. */
  readonly leader: number
  /** Broker epoch of the leader's incarnation; -1 without a leader. */
  readonly leaderBrokerEpoch: number
  /** From 0, one more with every election. */
  readonly leaderEpoch: number
  /** From 0, one more with every change of this state. */
  readonly partitionEpoch: number
  /** In-sync replicas. */
  readonly isr: readonly ReplicaEpoch[]
  /** Eligible leader replicas (KIP-966): outside the ISR, and known to hold everything below the high watermark. */
  readonly elr: readonly ReplicaEpoch[]
  /** min(`min.insync.replicas`, number of replicas): the only value that high watermark, ELR and Produce go by. */
  readonly minIsr: number
  /** True after an unclean election until the new leader has recovered. */
  readonly recovering: boolean
}

/** The broker ids of an ISR or ELR, in order. */
export const replicaIds = (replicas: readonly ReplicaEpoch[]): number[] => replicas.map(replica => replica.id)
