import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Random } from '../io/random'
import type { Timers } from '../io/timers'
import { BrokerRegistration } from './broker-registration'
import { Controller } from './controller'
import { ControllerElection } from './controller-election'
import type { MetadataCache } from './metadata-cache'
import type { BrokerImage } from './metadata-image'
import type { MetadataKeys } from './metadata-keys'
import type { MetadataStore } from './metadata-store'
import type { ReplicaEpoch } from './partition-state'
import type { TopicConfigRules } from './topic-plan'

export interface ClusterMemberOptions {
  readonly store: MetadataStore
  readonly cache: MetadataCache
  readonly keys: MetadataKeys
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly logger: Logger
  readonly rules: Pick<TopicConfigRules, 'minInsyncReplicas'>
  readonly broker: Pick<BrokerImage, 'id' | 'endpoints' | 'rack'> & {
    /** The oldest broker epoch since which the logs cannot have lost data; null: only since now (an unclean start). */
    readonly safeSince: number | null
  }
  readonly leaseMs: number
  /** The registration was lost: this run of the broker has to stop. */
  readonly onLost: () => void
}

/** A broker as a part of its cluster: registered, and controller when it falls to it. */
export class ClusterMember {
  readonly #registration: BrokerRegistration
  readonly #election: ControllerElection
  readonly #controller: Controller

  private constructor(registration: BrokerRegistration, election: ControllerElection, controller: Controller) {
    this.#registration = registration
    this.#election = election
    this.#controller = controller
  }

  /**
   * Resolves when the broker is registered, the cluster has a controller, and, where that is this broker, partitions are led by brokers that
   * live. Rejects with `MetadataStoreError` when the store fails.
   */
  static async join(options: ClusterMemberOptions): Promise<ClusterMember> {
    const { cache, broker } = options
    const { endpoints, rack, safeSince } = broker
    const incarnation = options.random.bytes(16).toString('base64url')
    const registration = await BrokerRegistration.register({
      ...options,
      brokerId: broker.id,
      broker: { incarnation, endpoints, rack, safeSince, state: 'running' },
    })
    await cache.reached(registration.self.epoch)
    const election = new ControllerElection({ ...options, registration })
    const controller = new Controller({ ...options, self: registration.self })
    await hasController(cache)
    await controller.settled()
    return new ClusterMember(registration, election, controller)
  }

  /** Broker id and broker epoch. */
  get self(): ReplicaEpoch {
    return this.#registration.self
  }

  /** See `BrokerRegistration.deadline`. */
  get deadline(): number {
    return this.#registration.deadline
  }

  /** Ends controller's work and registration; the brokers that stay see it at once. */
  async leave(): Promise<void> {
    this.#election.close()
    this.#controller.close()
    await this.#controller.settled()
    await this.#registration.end()
  }
}

const hasController = (cache: MetadataCache): Promise<void> => {
  if (cache.current.controller !== null) return Promise.resolve()
  return new Promise(resolve => {
    const stop = cache.onChange(image => {
      if (image.controller === null) return
      stop()
      resolve()
    })
  })
}
