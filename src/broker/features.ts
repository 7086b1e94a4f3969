import type { Features } from '../handlers/api-versions'

/**
 * What this broker can do beyond single APIs, at the levels that clients may rely on (KIP-584). The clients of a feature change what they
 * do when they see it: none is here before all of it is served.
 */
const LEVELS = [
  // Groups whose members are assigned partitions by the broker (KIP-848).
  { name: 'group.version', minVersion: 0, maxVersion: 1 },
  // Every transaction has an epoch of its own, and partitions join by being written to (KIP-890).
  { name: 'transaction.version', minVersion: 0, maxVersion: 2 },
] as const

export const FEATURES: Features = {
  supported: LEVELS,
  finalized: LEVELS.map(({ name, maxVersion }) => ({ name, level: maxVersion })),
  finalizedEpoch: 0,
}
