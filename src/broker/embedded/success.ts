import { ErrorCode, errorName } from '../../../protocol/errors'

/** @throws Error that begins with `failure` when `result` is not a success */
export const succeeded = (result: { errorCode: number; errorMessage: string | null }, failure: string): void => {
  if (result.errorCode === ErrorCode.NONE) return
  throw new Error(`${failure}: ${errorName(result.errorCode)}${result.errorMessage ? `, ${result.errorMessage}` : ''}`)
}
