/** What became of the transactions that this broker has coordinated since it started. */
export class TransactionFigures {
  committed = 0
  /** By their producer, by the next one of the same id, or because of a timeout. */
  aborted = 0
  timedOut = 0

  ended(isCommit: boolean): void {
    if (isCommit) this.committed++
    else this.aborted++
  }
}
