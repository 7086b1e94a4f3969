/** What came out of one test of kafkajs in one run. */
export interface TestResult {
  /** From the root of the checkout, with slashes. */
  readonly file: string
  /** The titles around the test and its own, as jest shows them. Null: the file as a whole, which failed outside of its tests. */
  readonly name: string | null
  readonly outcome: 'passed' | 'failed' | 'not applicable' | 'skipped'
  /** Why it did not pass; null when it did, or when kafkajs skips it. */
  readonly reason: string | null
  /** Whether the broker was connected to or sent anything while the test ran; tests without are of single classes. */
  readonly usesBroker: boolean
}
