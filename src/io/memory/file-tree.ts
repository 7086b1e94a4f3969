import { DiskError } from '../disk'
import { FileContent } from './file-content'

/** A regular file. Its place is kept so that open handles follow renames. */
export class FileNode {
  parent: DirectoryNode | null = null
  name = ''
  modifiedMs = 0
  readonly content: FileContent

  constructor(content = new FileContent()) {
    this.content = content
  }
}

export class DirectoryNode {
  parent: DirectoryNode | null = null
  name = ''
  modifiedMs = 0
  readonly entries = new Map<string, FileNode | DirectoryNode>()

  link(name: string, node: FileNode | DirectoryNode): void {
    const replaced = this.entries.get(name)
    if (replaced) replaced.parent = null
    node.parent = this
    node.name = name
    this.entries.set(name, node)
  }

  unlink(name: string): void {
    const node = this.entries.get(name)
    if (node) node.parent = null
    this.entries.delete(name)
  }
}

/** Where a node is reached now, or null when it was removed or replaced (or a directory above it was). */
export function pathOf(root: DirectoryNode, node: FileNode | DirectoryNode): string | null {
  let path = ''
  let at = node
  while (at.parent) {
    path = `/${at.name}${path}`
    at = at.parent
  }
  return at === root ? path || '/' : null
}

/** Both separators, since paths of an embedded broker on Windows have backslashes. */
export function namesOf(path: string): string[] {
  return path.split(/[\\/]/).filter(name => name !== '' && name !== '.')
}

export function find(root: DirectoryNode, path: string): FileNode | DirectoryNode | null {
  let node: FileNode | DirectoryNode | undefined = root
  for (const name of namesOf(path)) {
    if (!(node instanceof DirectoryNode)) return null
    node = node.entries.get(name)
  }
  return node ?? null
}

/** The directory at `path`. */
export function directoryAt(root: DirectoryNode, path: string): DirectoryNode {
  const node = find(root, path)
  if (node === null) throw new DiskError('ENOENT', path, `ENOENT: no such directory: ${path}`)
  if (!(node instanceof DirectoryNode)) throw new DiskError('ENOTDIR', path, `ENOTDIR: not a directory: ${path}`)
  return node
}

/** The directory that holds (or would hold) `path`, and the last name. */
export function placeOf(root: DirectoryNode, path: string): { directory: DirectoryNode; name: string } {
  const names = namesOf(path)
  const name = names.pop()
  if (name === undefined) throw new DiskError('EINVAL', path, `EINVAL: the root has no place: ${path}`)
  return { directory: directoryAt(root, names.join('/')), name }
}
