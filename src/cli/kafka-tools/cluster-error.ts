import { ErrorCode, errorName } from '../../../protocol/errors'
import { CommandFailure } from '../command-failure'

/** Throws `CommandFailure` with the reason of the broker, or the name of the error when it gave none. */
export const ensureNoError = (errorCode: number, errorMessage: string | null): void => {
  if (errorCode !== ErrorCode.NONE) throw new CommandFailure(errorMessage ?? errorName(errorCode))
}
