import {
  type BrokerConfig,
  type BrokerConfigLayers,
  NO_TEXTS,
  resolveBrokerConfig,
  type SettingTexts,
} from './broker-config'

/** Called with the configuration that holds from now on and the one that held before. */
export type BrokerConfigListener = (current: BrokerConfig, previous: BrokerConfig) => void

/**
 * The configuration of a running broker: what it was started with, under what has been changed since (KIP-226). Every change replaces
 * `current` by a new object; who keeps a value of it has to listen.
 */
export class DynamicBrokerConfig {
  #layers: BrokerConfigLayers
  #current: BrokerConfig
  readonly #listeners = new Set<BrokerConfigListener>()

  constructor(staticTexts: SettingTexts) {
    this.#layers = { dynamicBroker: NO_TEXTS, dynamicDefault: NO_TEXTS, static: staticTexts }
    this.#current = resolveBrokerConfig(this.#layers)
  }

  get current(): BrokerConfig {
    return this.#current
  }

  get layers(): BrokerConfigLayers {
    return this.#layers
  }

  /** Takes over the overrides that are stored for this broker and for all brokers. */
  update(overrides: Pick<BrokerConfigLayers, 'dynamicBroker' | 'dynamicDefault'>): void {
    const previous = this.#current
    this.#layers = { ...overrides, static: this.#layers.static }
    this.#current = resolveBrokerConfig(this.#layers)
    for (const listener of [...this.#listeners]) listener(this.#current, previous)
  }

  /** The returned function ends the calls. */
  onChange(listener: BrokerConfigListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
