import type { ConfigOverrides, ConfigResource } from './config-resource'

/** The next overrides of a resource, or why there are none. */
export type ConfigChange =
  | { readonly overrides: ConfigOverrides }
  | { readonly errorCode: number; readonly errorMessage: string | null }

export interface ConfigResult {
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Stores the settings of topics, brokers, groups and client metrics. */
export declare class ConfigAdmin {
  /**
   * Replaces the overrides of a resource by what `change` makes of the current ones; called again when someone else was faster, so it must
   * be pure. Answers when the change is visible in this broker's image. UNKNOWN_TOPIC_OR_PARTITION for a topic that does not exist.
   */
  alter(
    resource: ConfigResource,
    change: (current: ConfigOverrides) => ConfigChange,
    options: { readonly validateOnly: boolean },
  ): Promise<ConfigResult>
}
