import { ErrorCode, errorName } from '../../protocol/errors'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { LoadConnection } from './load-connection'

export const CoordinatorType = { group: 0, transaction: 1 } as const

const FIND_COORDINATOR_VERSION = 4
const RETRY_MS = 20

export const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Errors of a coordinator that is about to be there. */
const PASSING: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
])

export const isPassing = (errorCode: number): boolean => PASSING.has(errorCode)

/** Waits until the coordinators of all keys have been found; the first lookup of all creates their topic. */
export const findCoordinators = async (
  { host, port }: { readonly host: string; readonly port: number },
  keyType: number,
  coordinatorKeys: readonly string[],
): Promise<void> => {
  const connection = await LoadConnection.open(host, port)
  for (;;) {
    const answer = await connection.request(FindCoordinator, FIND_COORDINATOR_VERSION, { keyType, coordinatorKeys })
    if (answer.coordinators.every(({ errorCode }) => errorCode === ErrorCode.NONE)) break
    await pause(RETRY_MS)
  }
  connection.close()
}

/** Asks again while the coordinator is about to be there, or answers with one of the errors given; returns the first other answer. */
export const retried = async <Answer extends { readonly errorCode: number }>(
  ask: () => Promise<Answer>,
  ...passing: readonly number[]
): Promise<Answer> => {
  for (;;) {
    const answer = await ask()
    if (!isPassing(answer.errorCode) && !passing.includes(answer.errorCode)) return answer
    await pause(RETRY_MS)
  }
}

/** Throws when a request has failed. */
export const ensureSuccess = (what: string, errorCode: number): void => {
  if (errorCode !== ErrorCode.NONE) throw new Error(`${what}: ${errorName(errorCode)}`)
}
