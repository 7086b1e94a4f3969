import type { DynamicBrokerConfig } from '../../config/dynamic-broker-config'
import { type HttpAddress, isLoopback } from '../../config/http-listeners'
import type { StaticConfig } from '../../config/static-config'
import type { Faults } from '../../faults/faults'
import type { HttpServer } from '../../io/http'
import type { Platform } from '../../io/platform'
import type { LogDirectories } from '../../log/log-directories'
import type { Collector } from '../../metrics/scrape'
import { NetworkFigures } from '../../network/network-figures'
import type { SocketServer } from '../../network/socket-server'
import type { groupCoordinator } from '../coordinators'
import { brokerCollector } from '../metrics/broker-collector'
import { type ClusterSources, clusterCollector } from '../metrics/cluster-collector'
import { coordinatorCollector } from '../metrics/coordinator-collector'
import { groupCollector } from '../metrics/group-collector'
import { logCollector } from '../metrics/log-collector'
import { networkCollector } from '../metrics/network-collector'
import { seriesLimits } from '../metrics/series-limits'
import { topicCollector } from '../metrics/topic-collector'
import type { transactionCoordinator } from '../transactions'
import { BrokerStatus } from './broker-status'
import { faultRoutes } from './fault-routes'
import { HttpListeners } from './http-listeners'
import { HttpRouter } from './http-router'
import { healthRoutes, metricsRoute } from './http-routes'

/** How a broker is watched from outside. */
export interface BrokerHttp {
  /** Listens on `http.listeners`. */
  readonly server: HttpServer
  /** The figures of the process, in the text format of Prometheus; null: they are not told. */
  readonly processMetrics: (() => Promise<string>) | null
}

/** The parts of a broker whose figures are told. */
export interface ObservedParts extends ClusterSources {
  readonly config: DynamicBrokerConfig
  readonly faults: Faults
  readonly directories: LogDirectories
  readonly server: SocketServer
  readonly groupCoordinator: ReturnType<typeof groupCoordinator>
  readonly transactionCoordinator: ReturnType<typeof transactionCoordinator>
}

/** What is told of a broker over HTTP, from the first step of its start to the last one of its stop. */
export class Observation {
  readonly status = new BrokerStatus()
  /** To be told what the network layer does; null when nobody can ask. */
  readonly network: NetworkFigures | null
  readonly #http: BrokerHttp | null
  readonly #listeners = new HttpListeners()
  readonly #settings: StaticConfig
  readonly #platform: Platform
  /** Null until there are requests that something could happen to. */
  #faults: Faults | null = null
  #collectors: readonly Collector[] = [brokerCollector(this.status)]

  constructor(http: BrokerHttp | null, settings: StaticConfig, platform: Platform) {
    const isAsked = settings.config.httpListeners.length > 0
    this.#http = isAsked ? http : null
    this.#settings = settings
    this.#platform = platform
    this.network = this.#http && new NetworkFigures()
  }

  /** `http://host:port` of each listener. */
  get addresses(): readonly string[] {
    return this.#listeners.addresses
  }

  /** Rejects when a listener cannot be had. */
  async open(): Promise<void> {
    if (!this.#http) return
    const { clock, timers, logger } = this.#platform
    const pace = {
      now: () => clock.monotonic(),
      pause: () => new Promise<void>(resolve => timers.endOfTurn(resolve)),
    }
    const routes = [...healthRoutes(this.status), metricsRoute(() => this.#allCollectors(), pace)]
    const closed = new HttpRouter(routes)
    const open = new HttpRouter([...routes, ...faultRoutes(() => this.#faults)])
    const { httpFaultsEnable } = this.#settings.config
    const routerOf = (address: HttpAddress) =>
      httpFaultsEnable === 'always' || (httpFaultsEnable === 'loopback' && isLoopback(address)) ? open : closed
    await this.#listeners.open(this.#http.server, this.#settings, routerOf, logger)
  }

  /** All parts are there. */
  observe(parts: ObservedParts): void {
    if (!this.network) return
    this.#faults = parts.faults
    const { config, directories, partitions, server } = parts
    const groups = parts.groupCoordinator.runtime
    const { runtime: transactions, figures: transactionFigures } = parts.transactionCoordinator
    const limits = () => seriesLimits(config.current)
    this.#collectors = [
      ...this.#collectors,
      networkCollector(this.network, server),
      topicCollector({ partitions, groups, limits }),
      clusterCollector(parts),
      logCollector(directories),
      groupCollector({ groups, partitions, limits }),
      coordinatorCollector({ groups, transactions, transactionFigures }),
    ]
  }

  close(): Promise<void> {
    return this.#listeners.close()
  }

  async #allCollectors(): Promise<readonly Collector[]> {
    const text = await this.#http?.processMetrics?.()
    if (text === undefined) return this.#collectors
    const ofProcess: Collector = out => [out.append(text)]
    return [...this.#collectors, ofProcess]
  }
}
