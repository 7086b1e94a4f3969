import { EmbeddedMetadataStore, type EmbeddedOptions, type Journal } from './embedded-metadata-store'

const NO_JOURNAL: Journal = { write() {}, close: async () => {} }

/** A store that lives as long as its process: embedded brokers, in-process clusters, tests, simulation. */
export class MemoryMetadataStore extends EmbeddedMetadataStore {
  constructor(options: EmbeddedOptions) {
    super(options, { revision: 1, keyValues: [] }, NO_JOURNAL)
  }
}
