import { encodeEndTransactionMarker } from '../../protocol/records/control-record'
import type { PartitionState } from '../../src/metadata/partition-state'
import { Partition } from '../../src/replication/partition'
import { LogWorld } from './log-directories'

/** The broker that the partitions are on. */
export const BROKER_ID = 1

/** A partition that this broker leads, with no other replica; `changes` say what is different. */
export const partitionState = (changes: Partial<PartitionState> = {}): PartitionState => ({
  replicas: [BROKER_ID],
  adding: [],
  removing: [],
  leader: BROKER_ID,
  leaderBrokerEpoch: 7,
  leaderEpoch: 0,
  partitionEpoch: 0,
  isr: [{ id: BROKER_ID, epoch: 7 }],
  elr: [],
  minIsr: 1,
  recovering: false,
  ...changes,
})

/** Three replicas, all in sync, two of them needed; `inSync` says which are. */
export const replicated = (
  inSync: readonly number[] = [1, 2, 3],
  changes: Partial<PartitionState> = {},
): PartitionState =>
  partitionState({ replicas: [1, 2, 3], isr: inSync.map(id => ({ id, epoch: 7 })), minIsr: 2, ...changes })

/** Partitions over real logs, on a disk in memory and virtual time. */
export class PartitionWorld extends LogWorld {
  static async start(options: ConstructorParameters<typeof LogWorld>[0] = {}): Promise<PartitionWorld> {
    const world = new PartitionWorld(options)
    await world.open()
    return world
  }

  /** A partition of the topic `topic`. */
  partition(state: PartitionState = partitionState(), index = 0): Partition {
    return new Partition({ log: this.log('topic', index), state, brokerId: BROKER_ID })
  }

  /** Writes the marker that commits what a producer has left open in its epoch 0. */
  endTransaction(partition: Partition, producerId: number): void {
    const timestamp = this.clock.now()
    const marker = { producerId, producerEpoch: 0, isCommit: true, coordinatorEpoch: 0, timestamp }
    partition.append(encodeEndTransactionMarker(marker), 1, { origin: 'coordinator', now: timestamp })
  }
}
