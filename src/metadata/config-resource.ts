/** A thing that has settings of its own. The broker resource with the empty name holds the defaults of all brokers, as in Kafka. */
export interface ConfigResource {
  readonly type: ConfigResourceType
  readonly name: string
}

export type ConfigResourceType = 'topic' | 'broker' | 'group' | 'client-metrics'

/** Settings that differ from the default: name -> value as the client wrote it. */
export type ConfigOverrides = Readonly<Record<string, string>>

export const NO_OVERRIDES: ConfigOverrides = Object.freeze({})
