import { ErrorCode } from '../../protocol/errors'
import type { AppendResult } from '../log/log-append'

/** What went in and out of one partition since this broker has it: plain numbers, for hot paths. */
export class PartitionTraffic {
  messagesIn = 0
  bytesIn = 0
  bytesOut = 0
  /** Parts of requests of clients that were about this partition. */
  produceRequests = 0
  failedProduceRequests = 0
  fetchRequests = 0
  failedFetchRequests = 0

  /** `messages` is 0 for what was refused, and for what had been appended before. */
  appended(bytes: number, messages: number): void {
    if (messages === 0) return
    this.messagesIn += messages
    this.bytesIn += bytes
  }

  produced({ errorCode }: Pick<AppendResult, 'errorCode'>): void {
    this.produceRequests++
    if (errorCode !== ErrorCode.NONE) this.failedProduceRequests++
  }

  fetched({ errorCode, sizeInBytes }: { readonly errorCode: number; readonly sizeInBytes: number }): void {
    this.fetchRequests++
    this.bytesOut += sizeInBytes
    if (errorCode !== ErrorCode.NONE) this.failedFetchRequests++
  }
}
