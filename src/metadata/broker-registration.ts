import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Timer, Timers } from '../io/timers'
import type { MetadataKeys } from './metadata-keys'
import { isAbsent, type KeyValue, keyRange, type Lease, type MetadataStore, MetadataStoreError } from './metadata-store'
import { type BrokerValue, decodeBroker, encodeBroker } from './metadata-values'
import type { ReplicaEpoch } from './partition-state'

export interface RegistrationOptions {
  readonly store: MetadataStore
  readonly keys: MetadataKeys
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly brokerId: number
  /** What others are told; `incarnation` must be unique to this run. */
  readonly broker: BrokerValue
  /** Time to live of the registration when nobody keeps it alive. */
  readonly leaseMs: number
  /** The registration is gone though this broker did not end it: this run has to stop. */
  readonly onLost: () => void
}

/** Keepalives per time to live. */
const KEEPALIVES = 4
/** Part of the time to live that is given away to clocks that run at different speeds. */
const MARGIN = 0.1
const RETRY_DELAY_MS = 200

/**
 * A broker's place in the cluster: its key, which lives as long as the broker keeps the lease alive. The broker epoch is the revision that
 * created the key, so it grows with every registration.
 */
export class BrokerRegistration {
  /** Broker id and broker epoch. */
  readonly self: ReplicaEpoch
  readonly leaseId: string
  readonly #options: RegistrationOptions
  readonly #timeToLiveMs: number
  #deadline: number
  #timer: Timer
  #ended = false

  private constructor(options: RegistrationOptions, lease: Lease, epoch: number, grantedAt: number) {
    this.#options = options
    this.self = { id: options.brokerId, epoch }
    this.leaseId = lease.id
    this.#timeToLiveMs = lease.timeToLiveMs
    this.#deadline = this.#deadlineAfter(grantedAt)
    this.#timer = this.#keepAliveIn(this.#timeToLiveMs / KEEPALIVES)
  }

  /** Waits until an earlier registration of the same id has ended. Rejects with `MetadataStoreError` when the store fails. */
  static async register(options: RegistrationOptions): Promise<BrokerRegistration> {
    const { store, clock, logger, brokerId } = options
    for (;;) {
      const grantedAt = clock.monotonic()
      const lease = await store.grantLease(options.leaseMs)
      const registered = await put(options, lease.id)
      if (registered?.incarnation === options.broker.incarnation) {
        return new BrokerRegistration(options, lease, registered.epoch, grantedAt)
      }
      // Without its lease a put that is still on its way cannot land any more.
      await store.revokeLease(lease.id)
      logger.info('Waiting for an earlier registration of this broker to end', { brokerId })
      await absence(options)
    }
  }

  /**
   * The monotonic time in milliseconds up to which this registration certainly holds. Later the broker may have been replaced without
   * knowing it, and must not answer from memory what needs the cluster's consent.
   */
  get deadline(): number {
    return this.#deadline
  }

  /** Ends the registration at once; others need not wait for the lease. */
  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#timer.cancel()
    await this.#options.store.revokeLease(this.leaseId)
  }

  #keepAliveIn(delayMs: number): Timer {
    return this.#options.timers.after(delayMs, () => this.#keepAlive())
  }

  #keepAlive(): void {
    const sentAt = this.#options.clock.monotonic()
    this.#options.store.keepAlive(this.leaseId).then(
      isAlive => {
        if (this.#ended) return
        if (isAlive) {
          this.#deadline = this.#deadlineAfter(sentAt)
          this.#timer = this.#keepAliveIn(this.#timeToLiveMs / KEEPALIVES)
        } else {
          this.#ended = true
          this.#options.onLost()
        }
      },
      (error: unknown) => {
        if (this.#ended) return
        this.#options.logger.warn('The registration of this broker could not be kept alive', { error })
        this.#timer = this.#keepAliveIn(RETRY_DELAY_MS)
      },
    )
  }

  #deadlineAfter(sentAt: number): number {
    return sentAt + this.#timeToLiveMs * (1 - MARGIN)
  }
}

/** Puts the key unless it is there; what is there then. */
const put = async (options: RegistrationOptions, leaseId: string) => {
  const { store, keys, brokerId, broker } = options
  const key = keys.broker(brokerId)
  try {
    await store.transaction({
      compares: [isAbsent(key)],
      success: [{ type: 'put', key, value: encodeBroker(broker), leaseId }],
    })
  } catch (error) {
    if (!(error instanceof MetadataStoreError) || error.code !== 'UNKNOWN_OUTCOME') throw error
  }
  const current = await read(store, key)
  return current === null ? null : decodeBroker(brokerId, current)
}

const read = async (store: MetadataStore, key: string): Promise<KeyValue | null> => {
  const { keyValues } = await store.range(keyRange(key))
  return keyValues[0] ?? null
}

/** Resolves when the key of this broker's id may be gone. */
const absence = async ({ store, keys, timers, brokerId }: RegistrationOptions): Promise<void> => {
  const range = keyRange(keys.broker(brokerId))
  const { keyValues, revision } = await store.range(range)
  if (keyValues.length === 0) return
  await new Promise<void>((resolve, reject) => {
    const watch = store.watch({
      range,
      fromRevision: revision + 1,
      onRevision: (_revision, events) => {
        if (!events.some(event => event.type === 'delete')) return
        watch.close()
        resolve()
      },
      onEnd: error => {
        if (error.code === 'CLOSED') reject(error)
        else timers.after(RETRY_DELAY_MS, resolve)
      },
    })
  })
}
