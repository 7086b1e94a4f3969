import type { Random } from '../random'
import { FileContent } from './file-content'
import { DirectoryNode, FileNode } from './file-tree'
import { type ContentChange, contentAfterCrash } from './torn-content'

type Node = FileNode | DirectoryNode

/** One entry of a directory set to a node, or taken away. */
export interface EntryChange {
  readonly directory: DirectoryNode
  readonly name: string
  readonly node: Node | null
}

interface FileHistory {
  /** What survives every crash. */
  durable: FileContent
  /** What was done since, in order. */
  pending: ContentChange[]
  /** Number of changes that were pending once and are no longer. */
  settled: number
}

/**
 * What a power failure would leave of a tree of files. It keeps a durable image beside the live tree, and the changes between the two:
 *
 * - of a file's content: writes and truncations since its last sync. A crash keeps any subset of them that real disks can leave.
 * - of directories: each change (a rename is one change of two entries) until one of its directories is synced. A crash keeps, of each
 *   directory, a prefix of its changes, as journaling file systems do. Syncing a file does not make its name durable.
 *
 * A failed sync is one that forgets the pending changes of the file without applying them.
 */
export class CrashJournal {
  readonly #histories = new WeakMap<FileNode, FileHistory>()
  readonly #entries = new WeakMap<DirectoryNode, Map<string, Node>>()
  #pendingEntries: (readonly EntryChange[])[] = []

  contentChanged(file: FileNode, change: ContentChange): void {
    this.#historyOf(file).pending.push(change)
  }

  /** How much there is to sync now: what comes later is not covered by a sync that has begun. */
  mark(file: FileNode): number {
    const history = this.#historyOf(file)
    return history.settled + history.pending.length
  }

  synced(file: FileNode, mark: number): void {
    const { durable } = this.#historyOf(file)
    for (const change of this.#settle(file, mark)) {
      if (change.kind === 'write') durable.write(change.bytes, change.position)
      else durable.resize(change.size)
    }
  }

  syncFailed(file: FileNode, mark: number): void {
    this.#settle(file, mark)
  }

  entriesChanged(changes: readonly EntryChange[]): void {
    this.#pendingEntries.push(changes)
  }

  directorySynced(directory: DirectoryNode): void {
    const affected = new Set([directory])
    const due = this.#pendingEntries
      .toReversed()
      .filter(changes => {
        if (!changes.some(change => affected.has(change.directory))) return false
        for (const change of changes) affected.add(change.directory)
        return true
      })
      .reverse()
    for (const changes of due) this.#apply(changes)
    const done = new Set(due)
    this.#pendingEntries = this.#pendingEntries.filter(changes => !done.has(changes))
  }

  /** The tree after a power failure: new nodes throughout, everything in it durable. */
  crash(root: DirectoryNode, random: Random): DirectoryNode {
    this.#keepSomeEntries(random)
    return this.#rebuildDirectory(root, random)
  }

  /** Takes the changes up to `mark` away; another sync may have taken them already. */
  #settle(file: FileNode, mark: number): ContentChange[] {
    const history = this.#historyOf(file)
    const changes = history.pending.splice(0, Math.max(0, mark - history.settled))
    history.settled += changes.length
    return changes
  }

  #keepSomeEntries(random: Random): void {
    const quartersLost = random.below(5)
    const stopped = new Set<DirectoryNode>()
    for (const changes of this.#pendingEntries) {
      const lost = changes.some(change => stopped.has(change.directory)) || random.below(4) < quartersLost
      if (lost) for (const change of changes) stopped.add(change.directory)
      else this.#apply(changes)
    }
    this.#pendingEntries = []
  }

  #rebuildDirectory(old: DirectoryNode, random: Random): DirectoryNode {
    const directory = new DirectoryNode()
    directory.modifiedMs = old.modifiedMs
    for (const [name, node] of this.#entriesOf(old)) {
      directory.link(
        name,
        node instanceof DirectoryNode ? this.#rebuildDirectory(node, random) : this.#rebuildFile(node, random),
      )
    }
    this.#entries.set(directory, new Map(directory.entries))
    return directory
  }

  #rebuildFile(old: FileNode, random: Random): FileNode {
    const history = this.#historyOf(old)
    const file = new FileNode(contentAfterCrash(history.durable, history.pending, random))
    file.modifiedMs = old.modifiedMs
    this.#histories.set(file, { durable: file.content.clone(), pending: [], settled: 0 })
    return file
  }

  #apply(changes: readonly EntryChange[]): void {
    for (const { directory, name, node } of changes) {
      if (node) this.#entriesOf(directory).set(name, node)
      else this.#entriesOf(directory).delete(name)
    }
  }

  #historyOf(file: FileNode): FileHistory {
    let history = this.#histories.get(file)
    if (!history) {
      history = { durable: new FileContent(), pending: [], settled: 0 }
      this.#histories.set(file, history)
    }
    return history
  }

  #entriesOf(directory: DirectoryNode): Map<string, Node> {
    let entries = this.#entries.get(directory)
    if (!entries) {
      entries = new Map()
      this.#entries.set(directory, entries)
    }
    return entries
  }
}
