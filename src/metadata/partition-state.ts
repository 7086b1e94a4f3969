/**
 * The state of a partition and its transitions, as pure functions: each returns the next state, or the same object when nothing changes.
 *
 * Invariants:
 * - ISR and ELR are disjoint parts of `replicas`, and the leader is in the ISR.
 * - The high watermark moves only while the ISR has at least `minIsr` members. So when the ISR gets smaller than that, the members that
 *   left it without losing data hold everything below the high watermark: they are the ELR. As soon as the ISR is full enough, the high
 *   watermark may pass them: the ELR is emptied in the same step.
 * - Another leader, or the same broker after a restart, is another leader epoch.
 * - Every change is a higher partition epoch.
 */

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

/** What an election has to know of a living broker. */
export interface ReplicaHost {
  readonly epoch: number
  /** The oldest broker epoch since which its replicas cannot have lost data. */
  readonly safeSince: number
}

type Hosts = ReadonlyMap<number, ReplicaHost>

/** The broker ids of an ISR or ELR, in order. */
export const replicaIds = (replicas: readonly ReplicaEpoch[]): number[] => replicas.map(replica => replica.id)

/**
 * A new partition, led by the first of its replicas that lives. At least one must live.
 *
 * @param minInsyncReplicas the setting `min.insync.replicas` of the topic
 */
export const newPartition = (replicas: readonly number[], hosts: Hosts, minInsyncReplicas: number): PartitionState => {
  const isr = replicas.flatMap(id => {
    const host = hosts.get(id)
    return host === undefined ? [] : [{ id, epoch: host.epoch }]
  })
  const leader = isr[0]!
  return {
    replicas,
    adding: [],
    removing: [],
    leader: leader.id,
    leaderBrokerEpoch: leader.epoch,
    leaderEpoch: 0,
    partitionEpoch: 0,
    isr,
    elr: [],
    minIsr: Math.min(minInsyncReplicas, replicas.length),
    recovering: false,
  }
}

/**
 * The state under another `min.insync.replicas`. Empties the ELR, because the high watermark may move under the new rule at once; without
 * an ISR it cannot move, and the ELR stays: it is all that can be elected.
 */
export const withMinInsyncReplicas = (state: PartitionState, minInsyncReplicas: number): PartitionState => {
  const minIsr = Math.min(minInsyncReplicas, state.replicas.length)
  if (minIsr === state.minIsr) return state
  const elr = state.isr.length === 0 ? state.elr : []
  return { ...state, minIsr, elr, partitionEpoch: state.partitionEpoch + 1 }
}

/**
 * The state that fits the brokers that live now: dead and unsafely restarted ones leave the ISR, restarted ones keep their places under
 * their new epoch when they cannot have lost anything since the old one, and a leader that is gone or restarted is replaced, from the ISR
 * first, then from the ELR.
 */
export const withHosts = (state: PartitionState, hosts: Hosts): PartitionState => {
  const members = state.isr.map(member => standing(member, state, hosts))
  let isr = members.flatMap(({ now, replica }) => (now === 'alive' ? [replica] : []))
  let elr = state.elr
    .map(member => standing(member, state, hosts))
    .flatMap(({ now, replica }) => (now === 'lost' ? [] : [replica]))
  if (isr.length < state.minIsr) elr.push(...members.flatMap(({ now, replica }) => (now === 'away' ? [replica] : [])))

  let leader = isr.find(({ id, epoch }) => id === state.leader && epoch === state.leaderBrokerEpoch)
  leader ??= preferred(isr, state.replicas)
  if (leader === undefined) {
    leader = preferred(
      elr.filter(({ id, epoch }) => hosts.get(id)?.epoch === epoch),
      state.replicas,
    )
    isr = leader === undefined ? [] : [leader]
    elr = elr.filter(replica => replica !== leader)
  }
  if (isr.length >= state.minIsr) elr = []
  return changed(state, leader, isr, elr)
}

interface Standing {
  /** `away`: dead, with its data as it was; `lost`: restarted, and may have lost some. */
  readonly now: 'alive' | 'away' | 'lost'
  readonly replica: ReplicaEpoch
}

const standing = (member: ReplicaEpoch, state: PartitionState, hosts: Hosts): Standing => {
  const host = hosts.get(member.id)
  if (host === undefined) return { now: 'away', replica: member }
  if (host.epoch === member.epoch) return { now: 'alive', replica: member }
  // The only replica is as good as it gets, whatever it lost: no other one could know more.
  const isSafe = host.safeSince <= member.epoch || state.replicas.length === 1
  return { now: isSafe ? 'alive' : 'lost', replica: { id: member.id, epoch: host.epoch } }
}

/** The first of the candidates in the order of the replicas. */
const preferred = (candidates: readonly ReplicaEpoch[], replicas: readonly number[]): ReplicaEpoch | undefined =>
  candidates.toSorted((left, right) => replicas.indexOf(left.id) - replicas.indexOf(right.id))[0]

const changed = (
  state: PartitionState,
  leader: ReplicaEpoch | undefined,
  isr: readonly ReplicaEpoch[],
  elr: readonly ReplicaEpoch[],
): PartitionState => {
  const { id, epoch } = leader ?? { id: -1, epoch: -1 }
  const sameLeader = id === state.leader && epoch === state.leaderBrokerEpoch
  if (sameLeader && sameReplicas(isr, state.isr) && sameReplicas(elr, state.elr)) return state
  return {
    ...state,
    leader: id,
    leaderBrokerEpoch: epoch,
    leaderEpoch: sameLeader ? state.leaderEpoch : state.leaderEpoch + 1,
    partitionEpoch: state.partitionEpoch + 1,
    isr,
    elr,
  }
}

const sameReplicas = (left: readonly ReplicaEpoch[], right: readonly ReplicaEpoch[]): boolean =>
  left.length === right.length &&
  left.every((replica, index) => replica.id === right[index]!.id && replica.epoch === right[index]!.epoch)
