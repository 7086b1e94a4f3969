/**
 * What a transactional id becomes: pure functions of what it is, what was asked for and the time (Kafka: TransactionCoordinator, and
 * TransactionMetadata for the values).
 *
 * Invariants
 * - A producer id and epoch that were given to a producer are never given to another one, and a higher epoch fences the lower ones.
 * - Whoever begins or is fenced while a transaction is ongoing has it aborted first.
 * - Once PrepareCommit or PrepareAbort is decided, nothing changes until every partition has its marker.
 */
import { ErrorCode } from '../../../protocol/errors'
import type { ProducerIdAndEpoch } from '../coordinator-shard'
import {
  isEnding,
  isEpochExhausted,
  LAST_CLIENT_EPOCH,
  NO_PARTITIONS,
  NONE,
  type TransactionMetadata,
  type TransactionPartitions,
  TransactionState,
  type TransactionVersion,
  withPartitions,
} from './transaction-metadata'

/** `next` is what the id becomes when it is written; null: all is well as it is. */
export type Decision =
  | { readonly errorCode: number; readonly next: null }
  | { readonly errorCode: typeof ErrorCode.NONE; readonly next: TransactionMetadata | null }

/** The decision cannot be made without a new producer id. */
export const NEEDS_PRODUCER_ID = 'needs a producer id'

export interface InitProducer {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** What the producer had, when it recovers from an error (KIP-360). */
  readonly expected: ProducerIdAndEpoch | null
}

export interface InitDecision {
  readonly errorCode: number
  readonly next: TransactionMetadata | null
  /** The epoch that a repetition of this request would still name; -1: there can be no repetition. */
  readonly lastProducerEpoch: number
}

/**
 * A producer begins. With a transaction ongoing, `next` aborts it and the error code is CONCURRENT_TRANSACTIONS: the producer asks again.
 * `lastProducerEpoch` is the one that the last such decision, or the end of the last transaction, left behind.
 */
export const initProducer = (
  current: TransactionMetadata | undefined,
  lastProducerEpoch: number,
  request: InitProducer,
  newProducerId: number | null,
  now: number,
): InitDecision | typeof NEEDS_PRODUCER_ID => {
  const { expected, timeoutMs, transactionalId } = request
  if (!current) {
    if (newProducerId === null) return NEEDS_PRODUCER_ID
    const next = { ...blank(transactionalId, newProducerId), producerEpoch: 0, timeoutMs, updatedAt: now }
    return { errorCode: ErrorCode.NONE, next, lastProducerEpoch: NONE }
  }
  if (expected && !isKnownProducer(current, expected)) return refusedInit(ErrorCode.PRODUCER_FENCED)
  if (isEnding(current)) return refusedInit(ErrorCode.CONCURRENT_TRANSACTIONS)
  if (current.state === TransactionState.Ongoing) {
    const next = fence(current, newProducerId, now)
    if (next === NEEDS_PRODUCER_ID) return next
    return { errorCode: ErrorCode.CONCURRENT_TRANSACTIONS, next, lastProducerEpoch: current.producerEpoch }
  }
  const empty = {
    ...current,
    state: TransactionState.Empty,
    previousProducerId: current.producerId,
    timeoutMs,
    partitions: NO_PARTITIONS,
    startedAt: NONE,
    updatedAt: now,
  }
  const isNext = !expected || expected.producerEpoch === current.producerEpoch
  if (isEpochExhausted(current.producerEpoch) && isNext) {
    if (newProducerId === null) return NEEDS_PRODUCER_ID
    const next = { ...empty, producerId: newProducerId, producerEpoch: 0 }
    return { errorCode: ErrorCode.NONE, next, lastProducerEpoch: expected ? current.producerEpoch : NONE }
  }
  if (isNext) {
    const next = { ...empty, producerEpoch: current.producerEpoch + 1 }
    return { errorCode: ErrorCode.NONE, next, lastProducerEpoch: expected ? current.producerEpoch : NONE }
  }
  // The answer to the same request was lost: nobody else can have begun since, for that would have forgotten the last epoch.
  if (expected.producerEpoch === lastProducerEpoch) return { errorCode: ErrorCode.NONE, next: empty, lastProducerEpoch }
  return refusedInit(ErrorCode.PRODUCER_FENCED)
}

export interface AddPartitions extends ProducerIdAndEpoch {
  readonly partitions: TransactionPartitions
  readonly clientVersion: TransactionVersion
}

/** Partitions join the transaction, which begins with the first of them. */
export const addPartitions = (
  current: TransactionMetadata | undefined,
  request: AddPartitions,
  now: number,
): Decision => {
  const refusal = checkProducer(current, request)
  if (refusal !== ErrorCode.NONE || !current) return refused(refusal)
  if (isEnding(current)) return refused(ErrorCode.CONCURRENT_TRANSACTIONS)
  const isOngoing = current.state === TransactionState.Ongoing
  const partitions = withPartitions(current.partitions, request.partitions)
  if (isOngoing && partitions === current.partitions) return { errorCode: ErrorCode.NONE, next: null }
  const next: TransactionMetadata = {
    ...current,
    state: TransactionState.Ongoing,
    previousProducerId: current.producerId,
    partitions,
    startedAt: isOngoing ? current.startedAt : now,
    updatedAt: now,
    clientVersion: request.clientVersion,
  }
  return { errorCode: ErrorCode.NONE, next }
}

/** Why a producer may not ask about partitions of its transaction: NONE when it may. */
export const checkVerification = (current: TransactionMetadata | undefined, producer: ProducerIdAndEpoch): number => {
  const refusal = checkProducer(current, producer)
  if (refusal !== ErrorCode.NONE || !current) return refusal
  return isEnding(current) ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE
}

export interface EndTransaction extends ProducerIdAndEpoch {
  readonly isCommit: boolean
  readonly clientVersion: TransactionVersion
}

/** A producer ends its transaction. What it is answered is `afterEnd` of `next`, or of what is there when `next` is null. */
export const endTransaction = (
  current: TransactionMetadata | undefined,
  request: EndTransaction,
  newProducerId: number | null,
  now: number,
): Decision | typeof NEEDS_PRODUCER_ID => {
  if (!current) return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING)
  const isBumping = request.clientVersion >= 2
  const retry = isBumping && isRepeated(current, request)
  const refusal = isBumping ? checkBumpingEnd(current, request) : checkProducer(current, request)
  if (refusal !== ErrorCode.NONE) return refused(refusal)
  const { isCommit } = request
  switch (current.state) {
    case TransactionState.Ongoing:
      return decideEnd(current, request, newProducerId, now)
    case TransactionState.PrepareCommit:
      return refused(isCommit ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.INVALID_TXN_STATE)
    case TransactionState.PrepareAbort:
      return refused(isCommit ? ErrorCode.INVALID_TXN_STATE : ErrorCode.CONCURRENT_TRANSACTIONS)
    case TransactionState.CompleteCommit:
      if (isCommit) return retry || !isBumping ? UNCHANGED : refused(ErrorCode.INVALID_TXN_STATE)
      break
    case TransactionState.CompleteAbort:
      if (!isCommit && (retry || !isBumping)) return UNCHANGED
      break
  }
  // With nothing in it a transaction can only be aborted, and only clients whose epochs grow that way do so.
  if (isCommit || !isBumping || retry) return refused(ErrorCode.INVALID_TXN_STATE)
  return decideEnd({ ...current, startedAt: now }, request, newProducerId, now)
}

/** The epoch is taken from its producer, and the transaction aborted: it lasted too long, or another producer begins. */
export const fence = (
  current: TransactionMetadata,
  newProducerId: number | null,
  now: number,
): TransactionMetadata | typeof NEEDS_PRODUCER_ID => {
  const isLastEpoch = isEpochExhausted(current.producerEpoch)
  if (isLastEpoch && newProducerId === null) return NEEDS_PRODUCER_ID
  return {
    ...current,
    state: TransactionState.PrepareAbort,
    previousProducerId: current.producerId,
    nextProducerId: isLastEpoch ? newProducerId! : NONE,
    producerEpoch: current.producerEpoch + 1,
    updatedAt: now,
    clientVersion: 2,
  }
}

/** Every partition has its marker. */
export const complete = (current: TransactionMetadata, now: number): TransactionMetadata => ({
  ...current,
  ...afterEnd(current),
  state:
    current.state === TransactionState.PrepareCommit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort,
  previousProducerId: current.producerId,
  nextProducerId: NONE,
  partitions: NO_PARTITIONS,
  updatedAt: now,
})

/** With what a producer goes on after its transaction. */
export const afterEnd = ({
  producerId,
  producerEpoch,
  nextProducerId,
  clientVersion,
}: TransactionMetadata): ProducerIdAndEpoch =>
  clientVersion >= 2 && nextProducerId !== NONE
    ? { producerId: nextProducerId, producerEpoch: 0 }
    : { producerId, producerEpoch }

/** Whether an id may be forgotten: it has no transaction, and was not used for `expirationMs`. */
export const isExpired = ({ state, updatedAt }: TransactionMetadata, now: number, expirationMs: number): boolean =>
  (state === TransactionState.Empty ||
    state === TransactionState.CompleteCommit ||
    state === TransactionState.CompleteAbort) &&
  updatedAt <= now - expirationMs

export const isTimedOut = ({ state, startedAt, timeoutMs }: TransactionMetadata, now: number): boolean =>
  state === TransactionState.Ongoing && startedAt + timeoutMs < now

const decideEnd = (
  current: TransactionMetadata,
  { isCommit, clientVersion }: EndTransaction,
  newProducerId: number | null,
  now: number,
): Decision | typeof NEEDS_PRODUCER_ID => {
  const isBumping = clientVersion >= 2
  const isLastEpoch = isBumping && isEpochExhausted(current.producerEpoch)
  if (isLastEpoch && newProducerId === null) return NEEDS_PRODUCER_ID
  const next: TransactionMetadata = {
    ...current,
    state: isCommit ? TransactionState.PrepareCommit : TransactionState.PrepareAbort,
    previousProducerId: current.producerId,
    nextProducerId: isLastEpoch ? newProducerId! : NONE,
    producerEpoch: current.producerEpoch + (isBumping ? 1 : 0),
    updatedAt: now,
    clientVersion,
  }
  return { errorCode: ErrorCode.NONE, next }
}

const checkProducer = (current: TransactionMetadata | undefined, producer: ProducerIdAndEpoch): number => {
  if (!current || current.producerId !== producer.producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  return current.producerEpoch === producer.producerEpoch ? ErrorCode.NONE : ErrorCode.PRODUCER_FENCED
}

/** A client whose epochs grow with each transaction names the next one, or repeats the last. */
const checkBumpingEnd = (current: TransactionMetadata, request: EndTransaction): number => {
  if (current.producerId !== request.producerId && !isRepeatedAcrossIds(current, request)) {
    return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  }
  const isCurrent = !isEnding(current) && request.producerEpoch === current.producerEpoch
  const mayRepeat =
    isEnding(current) ||
    current.state === TransactionState.CompleteCommit ||
    current.state === TransactionState.CompleteAbort
  return isCurrent || (mayRepeat && isRepeated(current, request)) ? ErrorCode.NONE : ErrorCode.PRODUCER_FENCED
}

const isRepeated = (current: TransactionMetadata, request: EndTransaction): boolean =>
  (current.clientVersion >= 2 && current.producerEpoch === request.producerEpoch + 1) ||
  isRepeatedAcrossIds(current, request)

/** The last epoch of an id was answered with a new id. */
const isRepeatedAcrossIds = (current: TransactionMetadata, request: EndTransaction): boolean =>
  current.previousProducerId === request.producerId &&
  request.producerEpoch === LAST_CLIENT_EPOCH &&
  current.producerEpoch === 0

/** Whether a recovering producer is the one of this id, or was until its epochs were used up. */
const isKnownProducer = (current: TransactionMetadata, expected: ProducerIdAndEpoch): boolean =>
  expected.producerId === current.producerId ||
  (expected.producerId === current.previousProducerId && isEpochExhausted(expected.producerEpoch))

const blank = (transactionalId: string, producerId: number): TransactionMetadata => ({
  transactionalId,
  producerId,
  previousProducerId: producerId,
  nextProducerId: NONE,
  producerEpoch: NONE,
  timeoutMs: 0,
  state: TransactionState.Empty,
  partitions: NO_PARTITIONS,
  updatedAt: NONE,
  startedAt: NONE,
  clientVersion: 0,
})

const refused = (errorCode: number): Decision => ({ errorCode, next: null })
const refusedInit = (errorCode: number): InitDecision => ({ errorCode, next: null, lastProducerEpoch: NONE })
const UNCHANGED: Decision = { errorCode: ErrorCode.NONE, next: null }
