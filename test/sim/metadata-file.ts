import {
  type EmbeddedContent,
  EmbeddedMetadataStore,
  type EmbeddedOptions,
  type Journal,
} from '../../src/metadata/embedded-metadata-store'
import type { KeyValue } from '../../src/metadata/metadata-store'
import type { Revision } from '../../src/metadata/revisioned-key-values'

/** The file of an embedded metadata store, which every process of the broker opens in its turn. Each write is durable. */
export class MetadataFile {
  readonly #keyValues = new Map<string, KeyValue>()
  #revision = 1

  /** The store as the process with these timers has it. What it writes when `isDead` is lost. */
  open(options: EmbeddedOptions, isDead: () => boolean): EmbeddedMetadataStore {
    const write = (revisions: readonly Revision[]) => {
      if (!isDead()) this.#write(revisions)
    }
    return new DurableStore(options, this.#content, { write, close: async () => {} })
  }

  get #content(): EmbeddedContent {
    return { revision: this.#revision, keyValues: [...this.#keyValues.values()] }
  }

  #write(revisions: readonly Revision[]): void {
    this.#revision = revisions.at(-1)!.revision
    for (const event of revisions.flatMap(({ events }) => events)) {
      if (event.type === 'delete') this.#keyValues.delete(event.key)
      else this.#keyValues.set(event.key, event.keyValue)
    }
  }
}

class DurableStore extends EmbeddedMetadataStore {
  constructor(options: EmbeddedOptions, content: EmbeddedContent, journal: Journal) {
    super(options, content, journal)
  }
}
