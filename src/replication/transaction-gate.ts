/**
 * Lets batches of transactions into partitions: the one that begins a transaction in a partition waits until the transaction's coordinator
 * knows of it (KIP-890), or no marker would ever end it there.
 *
 * Invariants
 * - Batches of a producer enter a partition in the order in which they came: those behind one that waits wait, too.
 * - The coordinator is asked under a guard of the log, so an answer that an end marker has overtaken lets nothing in.
 * - A batch that waits has memory of its own.
 */
import { ErrorCode, errorName } from '../../protocol/errors'
import {
  BATCH_HEADER_SIZE,
  type BatchHeader,
  isTransactional,
  readBatchHeader,
} from '../../protocol/records/batch-header'
import type { Clock } from '../io/clock'
import { type AppendResult, refusedAppend } from '../log/log-append'
import { UNVERIFIED, type VerifiedBatch } from '../log/pending-verifications'
import type { Partition } from './partition'
import type { PartitionAppend } from './partition-append'

/** Whose transaction a partition has to belong to. */
export interface TransactionQuestion {
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  /** Whether the partitions join the transaction (KIP-890 part 2), or have to be in it already. */
  readonly joins: boolean
  readonly partitions: readonly { readonly topic: string; readonly index: number }[]
}

/** The way to the coordinators of transactions. */
export interface TransactionVerifier {
  /** An error code per partition, in order. Never rejects. */
  verify(question: TransactionQuestion): Promise<readonly number[]>
  /** Resolves when the transaction that is about to end has ended, or when waiting for it makes no more sense. */
  whenEnded(transactionalId: string): Promise<void>
}

/** What a request says of its producer. */
export interface ProducerRequest {
  readonly transactionalId: string
  readonly joins: boolean
}

type AppendOne = (append: PartitionAppend, verification: number) => AppendResult

/** Whether a producer may write to a partition, and the `verification` of its append. */
export interface Admission {
  readonly errorCode: number
  readonly guard: number
}

interface Applicant {
  readonly partition: Partition
  readonly header: VerifiedBatch
}

interface TransactionalAppend extends PartitionAppend {
  readonly header: BatchHeader
}

export class TransactionGate {
  readonly #verifier: TransactionVerifier
  readonly #clock: Clock
  /** The last of those that wait, by partition and producer id. */
  readonly #waiting = new Map<Partition, Map<number, Promise<unknown>>>()

  constructor(options: { readonly verifier: TransactionVerifier; readonly clock: Clock }) {
    this.#verifier = options.verifier
    this.#clock = options.clock
  }

  /**
   * Has each batch appended as soon as it may be, at once if possible; the results are in the order of `appends`. INVALID_PRODUCER_ID_MAPPING
   * for all when the transactional batches are of several producers. What the coordinator refuses has the coordinator's error code.
   */
  append(
    appends: readonly PartitionAppend[],
    request: ProducerRequest,
    appendOne: AppendOne,
  ): AppendResult[] | Promise<AppendResult[]> {
    const headers = appends.map(({ records }) => transactionalHeader(records))
    const producer = headers.find(header => header !== null)
    if (!producer) return appends.map(append => appendOne(append, UNVERIFIED))
    if (headers.some(header => header !== null && !isSameProducer(header, producer))) {
      return appends.map(() => refusedAppend(ErrorCode.INVALID_PRODUCER_ID_MAPPING))
    }
    const fresh: TransactionalAppend[] = []
    const outcomes = appends.map((append, at): AppendResult | Promise<AppendResult> | null => {
      const header = headers[at]
      if (!header) return appendOne(append, UNVERIFIED)
      const last = this.#waiting.get(append.partition)?.get(header.producerId)
      if (!last && isOpen({ ...append, header })) return appendOne(append, UNVERIFIED)
      const waiting = { ...append, records: Buffer.from(append.records), header }
      if (last) {
        return this.#wait(
          waiting,
          last.then(() => this.#enter(waiting, request, appendOne)),
        )
      }
      fresh.push(waiting)
      return null
    })
    return fresh.length === 0 && !outcomes.some(outcome => outcome instanceof Promise)
      ? (outcomes as AppendResult[])
      : this.#appendFresh(fresh, outcomes, request, appendOne)
  }

  /** For records of a transaction that are appended by a coordinator, and have no sequence. */
  async admit(
    partition: Partition,
    producer: { readonly producerId: number; readonly producerEpoch: number },
    request: ProducerRequest,
  ): Promise<Admission> {
    const applicant = { partition, header: { ...producer, baseSequence: -1 } }
    if (isOpen(applicant)) return { errorCode: ErrorCode.NONE, guard: UNVERIFIED }
    const [admission] = await this.#admit([applicant], request)
    return admission!
  }

  /** All that begin a transaction in their partition are asked about at once. */
  #appendFresh(
    fresh: readonly TransactionalAppend[],
    outcomes: readonly (AppendResult | Promise<AppendResult> | null)[],
    request: ProducerRequest,
    appendOne: AppendOne,
  ): Promise<AppendResult[]> {
    const admitted = this.#admit(fresh, request)
    const entering = fresh.map((append, at) =>
      this.#wait(
        append,
        admitted.then(admissions => enter(append, admissions[at]!, appendOne)),
      ),
    )
    let next = 0
    return Promise.all(outcomes.map(outcome => outcome ?? entering[next++]!))
  }

  /** The turn of a batch that has waited for another one. */
  async #enter(append: TransactionalAppend, request: ProducerRequest, appendOne: AppendOne): Promise<AppendResult> {
    if (isOpen(append)) return appendOne(append, UNVERIFIED)
    const [admission] = await this.#admit([append], request)
    return enter(append, admission!, appendOne)
  }

  /** Asks the coordinator, once more when a transaction was still on its way to its end. */
  async #admit(applicants: readonly Applicant[], request: ProducerRequest): Promise<Admission[]> {
    if (applicants.length === 0) return []
    const admissions = await this.#ask(applicants, request)
    if (!admissions.some(({ errorCode }) => errorCode === ErrorCode.CONCURRENT_TRANSACTIONS)) return admissions
    await this.#verifier.whenEnded(request.transactionalId)
    return this.#ask(applicants, request)
  }

  async #ask(applicants: readonly Applicant[], request: ProducerRequest): Promise<Admission[]> {
    const now = this.#clock.now()
    const guards = applicants.map(({ partition, header }) =>
      partition.log.beginVerification(header, request.joins, now),
    )
    const { producerId, producerEpoch } = applicants[0]!.header
    const partitions = applicants.map(({ partition }) => partition)
    const errorCodes = await this.#verifier.verify({ ...request, producerId, producerEpoch, partitions })
    return guards.map((guard, at) => ({ guard, errorCode: errorCodes[at]! }))
  }

  /** Others of the same producer and partition go behind this one from now on. */
  #wait<Result>({ partition, header: { producerId } }: TransactionalAppend, work: Promise<Result>): Promise<Result> {
    let producers = this.#waiting.get(partition)
    if (!producers) {
      producers = new Map()
      this.#waiting.set(partition, producers)
    }
    producers.set(producerId, work)
    const of = producers
    return work.finally(() => {
      if (of.get(producerId) !== work) return
      of.delete(producerId)
      if (of.size === 0 && this.#waiting.get(partition) === of) this.#waiting.delete(partition)
    })
  }
}

/** The header of a batch that is part of a transaction; null when it is not, or cannot be read (the log says why). */
const transactionalHeader = (records: Buffer): BatchHeader | null => {
  if (records.length < BATCH_HEADER_SIZE) return null
  const header = readBatchHeader(records, 0)
  return isTransactional(header.attributes) && header.producerId >= 0 ? header : null
}

const isSameProducer = (a: BatchHeader, b: BatchHeader): boolean =>
  a.producerId === b.producerId && a.producerEpoch === b.producerEpoch

const isOpen = ({ partition, header }: Applicant): boolean =>
  partition.log.hasOpenTransaction(header.producerId, header.producerEpoch)

const enter = (append: TransactionalAppend, { errorCode, guard }: Admission, appendOne: AppendOne): AppendResult =>
  errorCode === ErrorCode.NONE
    ? appendOne(append, guard)
    : refusedAppend(errorCode, `The transaction coordinator says ${errorName(errorCode)}.`)
