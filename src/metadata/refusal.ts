import { ErrorCode } from '../../protocol/errors'
import { MetadataStoreError } from './metadata-store'

/** Why something was not done, as the client is told. */
export interface Refusal {
  readonly errorCode: number
  readonly errorMessage: string | null
}

export const refusal = (errorCode: number, errorMessage: string | null = null): Refusal => ({ errorCode, errorMessage })

export const isRefusal = (value: object): value is Refusal => 'errorCode' in value

/** What a failure of the store means for the client: it may try again, and has to expect that the change was made. Other errors are thrown. */
export const storeRefusal = (error: unknown): Refusal => {
  if (!(error instanceof MetadataStoreError)) throw error
  return refusal(ErrorCode.REQUEST_TIMED_OUT, `The metadata store did not confirm the change: ${error.message}.`)
}
