import { VirtualClock } from '../../src/io/memory/virtual-clock'
import { VirtualTimers } from '../../src/io/memory/virtual-timers'

/** A clock and the timers that belong to it; `timers.advance(ms)` lets time go by. */
export function virtualTime(wallMs?: number): { readonly clock: VirtualClock; readonly timers: VirtualTimers } {
  const clock = new VirtualClock(wallMs)
  return { clock, timers: new VirtualTimers(clock) }
}
