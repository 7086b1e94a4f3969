import type { Database, RootDatabase } from 'lmdb'
import { DiskError } from '../io/disk'
import type { EmbeddedContent, Journal } from './embedded-metadata-store'
import type { KeyValue } from './metadata-store'
import type { Revision } from './revisioned-key-values'

/** The form of the file; another one refuses to open. */
const FORMAT = 1

type StoredValue = [value: string, createRevision: number, modRevision: number, version: number, leaseId: string | null]
type Fact = 'format' | 'revision'

/**
 * An LMDB file with all keys and the revision. A plain file, with a `-lock` file beside it: a log directory may hold both, because Kafka
 * looks at folders only and refuses those that are not named like a partition.
 */
export class LmdbJournal implements Journal {
  readonly #root: RootDatabase
  readonly #facts: Database<number, Fact>
  readonly #keys: Database<StoredValue, string>

  private constructor(root: RootDatabase) {
    this.#root = root
    this.#facts = root.openDB({ name: 'facts' })
    this.#keys = root.openDB({ name: 'keys' })
  }

  /** Opens or creates the file at `path`, whose directory must be there. Rejects with `DiskError` when LMDB cannot. */
  static async open(path: string): Promise<LmdbJournal> {
    const lmdb = await import('lmdb')
    try {
      // With overlapping syncs a transaction would return before it has reached the disk.
      return new LmdbJournal(lmdb.open({ path, noSubdir: true, overlappingSync: false, maxDbs: 2 }))
    } catch (cause) {
      const { message } = cause as Error
      throw new DiskError('MDB_OPEN', path, `the metadata file ${path} cannot be opened: ${message}`, { cause })
    }
  }

  /** Throws when the file has another format. */
  load(): EmbeddedContent {
    const format = this.#facts.get('format') ?? FORMAT
    if (format !== FORMAT) {
      throw new Error(`the metadata store has format ${format}, this version of Odradek reads format ${FORMAT}`)
    }
    const keyValues = [...this.#keys.getRange()].map(({ key, value }) => keyValueOf(key, value))
    return { revision: this.#facts.get('revision') ?? 1, keyValues }
  }

  write(revisions: readonly Revision[]): void {
    // The callback must return nothing: with a promise the call would return with nothing on the disk.
    this.#root.transactionSync((): void => {
      this.#facts.putSync('format', FORMAT)
      this.#facts.putSync('revision', revisions.at(-1)!.revision)
      for (const event of revisions.flatMap(revision => revision.events)) {
        if (event.type === 'delete') this.#keys.removeSync(event.key)
        else this.#keys.putSync(event.key, storedValue(event.keyValue))
      }
    })
  }

  close(): Promise<void> {
    return this.#root.close()
  }
}

const storedValue = (keyValue: KeyValue): StoredValue => [
  keyValue.value,
  keyValue.createRevision,
  keyValue.modRevision,
  keyValue.version,
  keyValue.leaseId,
]

const keyValueOf = (key: string, stored: StoredValue): KeyValue => {
  const [value, createRevision, modRevision, version, leaseId] = stored
  return { key, value, createRevision, modRevision, version, leaseId }
}
