/** Whether clients can be served, for those who ask from outside: null when they can, otherwise why not. */
export class BrokerStatus {
  #reason: string | null = 'starting'

  /** One sentence fragment; null: ready. */
  get reason(): string | null {
    return this.#reason
  }

  /** The start has come to another step. */
  entered(step: string): void {
    this.#reason = `starting: ${step}`
  }

  ready(): void {
    this.#reason = null
  }

  stopping(): void {
    this.#reason = 'stopping'
  }

  failed(error: Error): void {
    this.#reason = `failed: ${error.message}`
  }
}
