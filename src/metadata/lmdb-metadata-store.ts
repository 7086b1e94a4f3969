import { EmbeddedMetadataStore, type EmbeddedOptions } from './embedded-metadata-store'
import { LmdbJournal } from './lmdb-journal'

/**
 * The store of a single durable node: everything in memory, every write in an LMDB file and on the disk before it is answered. The history
 * behind watches is not kept across a restart.
 */
export class LmdbMetadataStore extends EmbeddedMetadataStore {
  /** Opens or creates the file at `path`, whose directory must be there. One process at a time: the log directory's lock sees to that. */
  static async open(path: string, options: EmbeddedOptions): Promise<LmdbMetadataStore> {
    const journal = await LmdbJournal.open(path)
    try {
      return new LmdbMetadataStore(options, journal.load(), journal)
    } catch (error) {
      await journal.close()
      throw error
    }
  }
}
