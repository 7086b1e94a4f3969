import { type Disk, DiskError, type DiskFile } from '../io/disk'

/** Where in a meta page of LMDB its fields are, in bytes; the byte order is the machine's. */
const MAGIC_AT = 24
const PAGE_SIZE_AT = 48
const ROOTS_AT = [88, 136]
const TRANSACTION_AT = 152
const META_BYTES = 160

const MAGIC = 0xbeefc0de
/** Root of an empty tree. */
const NO_PAGE = 2n ** 64n - 1n

interface Meta {
  readonly pageSize: number
  readonly transaction: bigint
  /** Page numbers. */
  readonly roots: readonly bigint[]
}

/**
 * Looks at the two meta pages of the LMDB file at `path` before LMDB does, which maps the file and would end the process without a word
 * where they are damaged or the file is cut off. An absent or empty file is well.
 * @throws DiskError with the code MDB_INVALID and a message for people
 */
export const checkLmdbFile = (disk: Disk, path: string): void => {
  if (!disk.stat(path)?.size) return
  const file = disk.open(path, 'read')
  try {
    const first = readMeta(file, 0)
    const second = first && readMeta(file, first.pageSize)
    if (!second) throw damaged(path, 'does not begin as it should')
    const { pageSize, roots } = second.transaction > first.transaction ? second : first
    const pages = BigInt(Math.floor(file.size() / pageSize))
    if (roots.some(root => root !== NO_PAGE && root >= pages)) throw damaged(path, 'is cut off')
  } finally {
    file.close()
  }
}

const readMeta = (file: DiskFile, position: number): Meta | null => {
  const bytes = Buffer.alloc(META_BYTES)
  if (file.readSync(bytes, position) < META_BYTES) return null
  const [words, longs] = [new Uint32Array(bytes.buffer), new BigUint64Array(bytes.buffer)]
  if (words[MAGIC_AT / 4] !== MAGIC) return null
  return {
    pageSize: words[PAGE_SIZE_AT / 4]!,
    transaction: longs[TRANSACTION_AT / 8]!,
    roots: ROOTS_AT.map(at => longs[at / 8]!),
  }
}

/** The records themselves are in files of their own, and tell most of what is needed to get at them again. */
const damaged = (path: string, what: string): DiskError =>
  new DiskError(
    'MDB_INVALID',
    path,
    `the metadata file ${path} ${what}: bring a copy of it back, or bring the topics into a new directory with \`odradek import\``,
  )
