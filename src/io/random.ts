/** The only source of chance. Real brokers use the system's generator, the simulation a seeded one. */
export interface Random {
  /** A whole number from 0 to `bound` - 1; `bound` is from 1 to 2^32. */
  below(bound: number): number
  /** `length` random bytes in a new buffer. */
  bytes(length: number): Buffer
}
