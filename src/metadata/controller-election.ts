import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'
import type { BrokerRegistration } from './broker-registration'
import type { MetadataCache } from './metadata-cache'
import type { MetadataKeys } from './metadata-keys'
import { isAbsent, isCreatedAt, type MetadataStore } from './metadata-store'
import { encodeController } from './metadata-values'

export interface ElectionOptions {
  readonly store: MetadataStore
  readonly cache: MetadataCache
  readonly keys: MetadataKeys
  readonly timers: Timers
  readonly logger: Logger
  readonly registration: BrokerRegistration
}

const RETRY_DELAY_MS = 200

/**
 * Makes this broker the controller whenever there is none: who first creates the key is it, as long as its registration lives. Whether it
 * worked is read off the image, so an election whose answer was lost counts like any other.
 */
export class ControllerElection {
  readonly #options: ElectionOptions
  readonly #stopFollowing: () => void
  #isTrying = false
  #closed = false

  constructor(options: ElectionOptions) {
    this.#options = options
    this.#stopFollowing = options.cache.onChange(() => this.#campaign())
    this.#campaign()
  }

  close(): void {
    this.#closed = true
    this.#stopFollowing()
  }

  #campaign(): void {
    if (this.#closed || this.#isTrying || this.#options.cache.current.controller !== null) return
    this.#isTrying = true
    this.#createKey().then(
      isElected => this.#campaignAgain(isElected ? 0 : RETRY_DELAY_MS),
      (error: unknown) => {
        if (this.#closed) return
        this.#options.logger.warn('The election of a controller failed and is tried again', { error })
        this.#campaignAgain(RETRY_DELAY_MS)
      },
    )
  }

  /** Looks again what the image says; after a delay when the outcome may be that this broker is no longer registered. */
  #campaignAgain(delayMs: number): void {
    this.#options.timers.after(delayMs, () => {
      this.#isTrying = false
      this.#campaign()
    })
  }

  /** Resolves when the image knows the outcome. */
  async #createKey(): Promise<boolean> {
    const { store, cache, keys, registration } = this.#options
    const { id, epoch } = registration.self
    const { succeeded, revision } = await store.transaction({
      compares: [isAbsent(keys.controller), isCreatedAt(keys.broker(id), epoch)],
      success: [
        {
          type: 'put',
          key: keys.controller,
          value: encodeController({ id, brokerEpoch: epoch }),
          leaseId: registration.leaseId,
        },
      ],
    })
    await cache.reached(revision)
    return succeeded
  }
}
