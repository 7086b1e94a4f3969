import { ErrorCode } from '../../../protocol/errors'
import { encodeEndTransactionMarker } from '../../../protocol/records/control-record'
import type { Clock } from '../../io/clock'
import type { Partitions } from '../../replication/partitions'
import type { ProducerIdAndEpoch } from '../coordinator-shard'

/** The end of a transaction, to be written into each of its partitions. */
export interface TransactionMarker extends ProducerIdAndEpoch {
  readonly isCommit: boolean
  /** Leader epoch of the partition of `__transaction_state`: partition leaders refuse older coordinators. */
  readonly coordinatorEpoch: number
  /** From 2 on the marker has the next epoch (KIP-890 part 2): one with that of an open transaction has come too late. */
  readonly transactionVersion: number
}

/** Puts markers into partitions, wherever their leaders are. */
export interface MarkerWriter {
  /**
   * Resolves when the marker is replicated, with NONE; or with why it is not: UNKNOWN_TOPIC_OR_PARTITION (it was deleted),
   * INVALID_PRODUCER_EPOCH (a newer epoch is in the partition), TRANSACTION_COORDINATOR_FENCED, or something that may pass.
   */
  write(marker: TransactionMarker, topic: string, partition: number): Promise<number>
}

/** A coordinator whose records are part of transactions, and who has to know when they end. */
export interface MarkerListener {
  /** Appends what was promised before, so that the marker lies behind it. */
  flush(): void
  replayMarker(producer: ProducerIdAndEpoch, isCommit: boolean): void
}

export interface LocalMarkerWriterOptions {
  readonly partitions: Partitions
  readonly clock: Clock
  /** Who has to know of markers in this partition. */
  readonly listener: (topic: string, partition: number) => MarkerListener | undefined
}

/** Writes markers into partitions that this broker leads. */
export class LocalMarkerWriter implements MarkerWriter {
  readonly #options: LocalMarkerWriterOptions

  constructor(options: LocalMarkerWriterOptions) {
    this.#options = options
  }

  write(marker: TransactionMarker, topic: string, index: number): Promise<number> {
    const { partitions, clock } = this.#options
    const partition = partitions.find(topic, index)
    if (!partition) return Promise.resolve(partitions.absence(topic, index))
    const { producerId, producerEpoch, transactionVersion } = marker
    const isLate = transactionVersion >= 2 && partition.log.hasOpenTransaction(producerId, producerEpoch)
    if (isLate) return Promise.resolve(ErrorCode.INVALID_PRODUCER_EPOCH)
    const listener = this.#options.listener(topic, index)
    listener?.flush()
    const now = clock.now()
    const batch = encodeEndTransactionMarker({ ...marker, timestamp: now })
    const { errorCode, lastOffset } = partition.append(batch, -1, { origin: 'coordinator', now })
    if (errorCode !== ErrorCode.NONE) return Promise.resolve(errorCode)
    listener?.replayMarker(marker, marker.isCommit)
    return new Promise(resolve => partition.whenAcknowledged(lastOffset, -1, resolve))
  }
}
