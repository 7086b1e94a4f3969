import type { Clock } from '../clock'

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
