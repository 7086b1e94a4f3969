/**
 * Producers of which a log has to know from the coordinator that their transaction is open, before it takes their records (KIP-890; Kafka:
 * VerificationStateEntry).
 *
 * Invariant: a guard is valid from the question until the transaction begins or ends here. An answer that an end marker has overtaken is of
 * no use any more, even when it is about a transaction of the same producer.
 */
import { ErrorCode } from '../../protocol/errors'
import type { BatchHeader } from '../../protocol/records/batch-header'
import { AppendRefusal } from './log-append'

/** The guard of those who have not asked. */
export const UNVERIFIED = 0

/** What a guard is asked for: the batch that begins a transaction. */
export type VerifiedBatch = Pick<BatchHeader, 'producerId' | 'producerEpoch' | 'baseSequence'>

interface Verification {
  readonly guard: number
  /** Wall-clock milliseconds. */
  readonly begunAt: number
  producerEpoch: number
  /** The first batch that waits: those behind it must not be taken in its place when it has to be sent again. */
  lowestSequence: number
}

export class PendingVerifications {
  readonly #byProducer = new Map<number, Verification>()
  #lastGuard = UNVERIFIED

  /** The guard for a batch; the same for all that a producer has waiting. */
  begin({ producerId, producerEpoch, baseSequence }: VerifiedBatch, now: number): number {
    const known = this.#byProducer.get(producerId)
    if (!known) {
      const guard = ++this.#lastGuard
      this.#byProducer.set(producerId, { guard, begunAt: now, producerEpoch, lowestSequence: baseSequence })
      return guard
    }
    if (producerEpoch > known.producerEpoch) {
      known.producerEpoch = producerEpoch
      known.lowestSequence = baseSequence
    } else if (producerEpoch === known.producerEpoch) {
      known.lowestSequence = Math.min(known.lowestSequence, baseSequence)
    }
    return known.guard
  }

  /** Why a batch may not begin a transaction: INVALID_TXN_STATE, OUT_OF_ORDER_SEQUENCE_NUMBER. */
  check({ producerId, producerEpoch, baseSequence }: BatchHeader, guard: number): AppendRefusal | null {
    const verification = this.#byProducer.get(producerId)
    if (verification?.guard !== guard) {
      return new AppendRefusal(
        ErrorCode.INVALID_TXN_STATE,
        `Producer ${producerId} is not known to have a transaction open that includes this partition.`,
      )
    }
    if (producerEpoch !== verification.producerEpoch || baseSequence <= verification.lowestSequence) return null
    return new AppendRefusal(
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Producer ${producerId} sent sequence ${baseSequence}, but ${verification.lowestSequence} has to come first.`,
    )
  }

  /** A transaction of the producer began or ended. */
  end(producerId: number): void {
    this.#byProducer.delete(producerId)
  }

  /** Forgets questions that led to nothing. */
  expire(now: number, expirationMs: number): void {
    for (const [producerId, { begunAt }] of this.#byProducer) {
      if (now - begunAt >= expirationMs) this.#byProducer.delete(producerId)
    }
  }

  clear(): void {
    this.#byProducer.clear()
  }
}
