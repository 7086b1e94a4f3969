/** Two clocks that must never be mixed: one for people and records, one for durations. */
export interface Clock {
  /** Wall-clock time in whole milliseconds since the epoch. May jump either way. */
  now(): number
  /** Milliseconds (fractional) since an arbitrary start. Never goes back; use it for every timeout and duration. */
  monotonic(): number
}
