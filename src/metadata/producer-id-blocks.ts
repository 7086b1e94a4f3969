/** Hands out producer ids, each once in the life of the cluster, from blocks of 1000 taken from the store. */
export declare class ProducerIdBlocks {
  /** The next id: a plain number while the block lasts, a promise when another one has to be fetched (rejects with MetadataStoreError). */
  next(): number | Promise<number>
}
