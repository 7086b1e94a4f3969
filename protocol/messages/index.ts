import type { Api } from '../schema/api'
import * as all from './all'

export * from './all'

/** Every API that is defined here, ascending by key. */
export const apis: readonly Api[] = Object.values(all)
  .filter((exported): exported is Extract<typeof exported, Api> => 'request' in exported)
  .sort((a, b) => a.key - b.key)

const byKey = new Map(apis.map(api => [api.key, api]))

/** Undefined for a key that Kafka does not have, and for what only the controllers of KRaft send to each other. */
export const apiByKey = (key: number): Api | undefined => byKey.get(key)
