const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995

/** 32-bit murmur2 with Kafka's seed, so that a key gets the partition that Kafka's own producer would choose. */
const murmur2 = (key: Buffer): number => {
  const words = key.length >> 2
  let hash = SEED ^ key.length
  for (let word = 0; word < words; word++) {
    let k = Math.imul(key.readInt32LE(word * 4), MULTIPLIER)
    k = Math.imul(k ^ (k >>> 24), MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ k
  }
  const rest = key.length & 3
  if (rest > 0) hash = Math.imul(hash ^ key.readUIntLE(words * 4, rest), MULTIPLIER)
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}

/** The partition of a key among `count`, as Kafka's default partitioner chooses it (BuiltInPartitioner). */
export const partitionOf = (key: Buffer, count: number): number => (murmur2(key) & 0x7fff_ffff) % count
