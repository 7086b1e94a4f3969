import { ErrorCode } from '../../protocol/errors'
import { CoordinatorFailure } from './coordinator-shard'

/** What `work` answers, or what `refused` makes of the code for the client when it fails as coordinators do. */
export const answeredOr = <Answer, Refusal>(
  work: () => Answer | Promise<Answer>,
  refused: (errorCode: number, failure: CoordinatorFailure) => Refusal,
): Answer | Refusal | Promise<Answer | Refusal> => {
  const recover = (error: unknown) => {
    if (error instanceof CoordinatorFailure) return refused(coordinatorErrorCode(error.errorCode), error)
    throw error
  }
  try {
    const answer = work()
    return answer instanceof Promise ? answer.catch(recover) : answer
  } catch (error) {
    return recover(error)
  }
}

/** What the failure of an append to its log means to a client of a coordinator (Kafka: CoordinatorOperationExceptionHelper). */
export const coordinatorErrorCode = (errorCode: number): number => {
  switch (errorCode) {
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.NOT_ENOUGH_REPLICAS:
    case ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
    case ErrorCode.KAFKA_STORAGE_ERROR:
      return ErrorCode.NOT_COORDINATOR
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
    case ErrorCode.INVALID_FETCH_SIZE:
      return ErrorCode.UNKNOWN_SERVER_ERROR
    default:
      return errorCode
  }
}
