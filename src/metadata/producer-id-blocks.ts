import type { MetadataKeys } from './metadata-keys'
import { isUnchangedSince, keyRange, type MetadataStore, MetadataStoreError } from './metadata-store'
import { decodeProducerIds, encodeProducerIds } from './metadata-values'

const BLOCK_SIZE = 1000

/** Hands out producer ids, each once in the life of the cluster, from blocks of 1000 taken from the store. */
export class ProducerIdBlocks {
  readonly #store: MetadataStore
  readonly #key: string
  #next = 0
  #end = 0
  #refill: Promise<void> | null = null

  constructor(store: MetadataStore, keys: MetadataKeys) {
    this.#store = store
    this.#key = keys.producerIds
  }

  /**
   * The next id, from 0: a plain number while the block lasts, a promise when another one has to be fetched. One fetch serves all who wait;
   * it rejects with `MetadataStoreError` when the store fails, and the next call tries again.
   */
  next(): number | Promise<number> {
    return this.#next < this.#end ? this.#next++ : this.#nextOfAnotherBlock()
  }

  async #nextOfAnotherBlock(): Promise<number> {
    while (this.#next >= this.#end) {
      this.#refill ??= this.#takeBlock().finally(() => {
        this.#refill = null
      })
      await this.#refill
    }
    return this.#next++
  }

  async #takeBlock(): Promise<void> {
    for (;;) {
      const { keyValues } = await this.#store.range(keyRange(this.#key))
      const [current] = keyValues
      const first = current === undefined ? 0 : decodeProducerIds(current)
      if (!(await this.#claim(first, current?.modRevision ?? 0))) continue
      this.#next = first
      this.#end = first + BLOCK_SIZE
      return
    }
  }

  /** False when the block is someone else's, or may be: then another one is taken. */
  async #claim(first: number, modRevision: number): Promise<boolean> {
    try {
      const { succeeded } = await this.#store.transaction({
        compares: [isUnchangedSince(this.#key, modRevision)],
        success: [{ type: 'put', key: this.#key, value: encodeProducerIds(first + BLOCK_SIZE) }],
      })
      return succeeded
    } catch (error) {
      if (error instanceof MetadataStoreError && error.code === 'UNKNOWN_OUTCOME') return false
      throw error
    }
  }
}
