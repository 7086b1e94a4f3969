import { incrementSequence } from '../../protocol/records/batch-header'

/** Batches that are remembered of each producer; a retry of an older one cannot be told from a gap (Kafka: NUM_BATCHES_TO_RETAIN). */
const RETAINED_BATCHES = 5
const SEQUENCE_COUNT = 2 ** 31
/** Sequence, offset or epoch of what was never seen. */
export const NONE_SEEN = -1

/** A batch that a producer appended. */
export interface ProducerBatch {
  readonly lastSequence: number
  readonly lastOffset: number
  /** Last offset minus first, and last sequence minus first. */
  readonly offsetDelta: number
  readonly timestamp: number
}

/**
 * An entry of a snapshot file; -1 is "none" in all fields. A producer has one for each of its batches that are remembered, the newest
 * last: Kafka, which writes one, takes the last one that it finds.
 */
export interface ProducerStateFields {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  readonly timestamp: number
  readonly coordinatorEpoch: number
  readonly currentTxnFirstOffset: number
}

/** What a log remembers of one idempotent or transactional producer. */
export class ProducerStateEntry {
  readonly producerId: number
  producerEpoch = NONE_SEEN
  /** Highest epoch of the transaction coordinators that wrote markers for this producer. */
  coordinatorEpoch = NONE_SEEN
  lastTimestamp = NONE_SEEN
  /** -1 when no transaction is open. */
  currentTxnFirstOffset = NONE_SEEN
  /** The last ones of this epoch, oldest first. */
  readonly #batches: ProducerBatch[] = []

  constructor(producerId: number) {
    this.producerId = producerId
  }

  /** Takes over what a snapshot has of this producer, one entry after the other. */
  restore(fields: ProducerStateFields): void {
    const { producerEpoch, lastSequence, lastOffset, offsetDelta, timestamp } = fields
    if (lastOffset >= 0) this.addBatch(producerEpoch, { lastSequence, lastOffset, offsetDelta, timestamp })
    this.producerEpoch = producerEpoch
    this.coordinatorEpoch = fields.coordinatorEpoch
    this.lastTimestamp = timestamp
    this.currentTxnFirstOffset = fields.currentTxnFirstOffset
  }

  get lastSequence(): number {
    return this.#batches.at(-1)?.lastSequence ?? NONE_SEEN
  }

  /** Whether a batch that begins with `sequence` follows the last one. */
  isNext(sequence: number): boolean {
    return sequence === (this.lastSequence + 1) % SEQUENCE_COUNT
  }

  /** The remembered batch with exactly these sequences, in this epoch. */
  batchWith(producerEpoch: number, firstSequence: number, lastSequence: number): ProducerBatch | null {
    if (producerEpoch !== this.producerEpoch) return null
    for (const batch of this.#batches) {
      if (batch.lastSequence !== lastSequence) continue
      if (incrementSequence(firstSequence, batch.offsetDelta) === lastSequence) return batch
    }
    return null
  }

  addBatch(producerEpoch: number, batch: ProducerBatch): void {
    this.#enterEpoch(producerEpoch)
    if (this.#batches.length === RETAINED_BATCHES) this.#batches.shift()
    this.#batches.push(batch)
    this.lastTimestamp = batch.timestamp
  }

  /** Ends the transaction. Under the same epoch the batches stay, since older clients count their sequences on across transactions. */
  addMarker(producerEpoch: number, coordinatorEpoch: number, timestamp: number): void {
    this.#enterEpoch(producerEpoch)
    this.coordinatorEpoch = coordinatorEpoch
    this.currentTxnFirstOffset = NONE_SEEN
    this.lastTimestamp = timestamp
  }

  /**
   * What a snapshot keeps, so that after a restart a retry of any batch that is remembered is known. Whoever loads it, a Kafka too, looks
   * at the time of each entry to tell whether the producer has expired: none may outlive the newest one, or it would be taken for that.
   */
  fields(): ProducerStateFields[] {
    const { producerId, producerEpoch, coordinatorEpoch, currentTxnFirstOffset, lastTimestamp } = this
    const shared = { producerId, producerEpoch, coordinatorEpoch }
    const last = this.#batches.at(-1) ?? { lastSequence: NONE_SEEN, lastOffset: NONE_SEEN, offsetDelta: 0 }
    return [
      ...this.#batches.slice(0, -1).map(batch => {
        const timestamp = Math.min(batch.timestamp, lastTimestamp)
        return { ...shared, ...batch, timestamp, currentTxnFirstOffset: NONE_SEEN }
      }),
      { ...shared, ...last, timestamp: lastTimestamp, currentTxnFirstOffset },
    ]
  }

  #enterEpoch(producerEpoch: number): void {
    if (producerEpoch === this.producerEpoch) return
    this.producerEpoch = producerEpoch
    this.#batches.length = 0
  }
}
