import { dirname, sep } from 'node:path'

/** A handle as the registry sees it. */
export interface OpenFile {
  readonly path: string
  movedTo(path: string): void
  /** The file is gone: removed, or replaced by another one. */
  lost(): void
}

interface Directory {
  readonly files: Set<OpenFile>
  readonly children: Map<string, Directory>
}

/**
 * The open handles as a tree of directories, so that renames and removals made by path reach them: a handle whose descriptor was given up
 * must be reopened where its file is now, and must not be reopened at all when another file has taken the name. Paths are absolute.
 */
export class OpenFiles {
  readonly #root: Directory = { files: new Set(), children: new Map() }

  add(file: OpenFile): void {
    let directory = this.#root
    for (const name of namesOf(dirname(file.path))) {
      let child = directory.children.get(name)
      if (!child) {
        child = { files: new Set(), children: new Map() }
        directory.children.set(name, child)
      }
      directory = child
    }
    directory.files.add(file)
  }

  delete(file: OpenFile): void {
    const names = namesOf(dirname(file.path))
    const trail = [this.#root]
    for (const name of names) {
      const child = trail.at(-1)!.children.get(name)
      if (!child) return
      trail.push(child)
    }
    trail.at(-1)!.files.delete(file)
    for (let depth = names.length; depth > 0 && isEmpty(trail[depth]!); depth--) {
      trail[depth - 1]!.children.delete(names[depth - 1]!)
    }
  }

  fileMoved(from: string, to: string): void {
    this.fileRemoved(to)
    this.#move(this.#handlesOf(from), from, to)
  }

  directoryMoved(from: string, to: string): void {
    this.#move(handlesBelow(this.#find(from)), from, to)
  }

  fileRemoved(path: string): void {
    this.#forget(this.#handlesOf(path))
  }

  directoryRemoved(path: string): void {
    this.#forget(handlesBelow(this.#find(path)))
  }

  #move(files: readonly OpenFile[], from: string, to: string): void {
    for (const file of files) {
      this.delete(file)
      file.movedTo(to + file.path.slice(from.length))
      this.add(file)
    }
  }

  #forget(files: readonly OpenFile[]): void {
    for (const file of files) {
      this.delete(file)
      file.lost()
    }
  }

  #handlesOf(path: string): OpenFile[] {
    const siblings = this.#find(dirname(path))?.files
    return siblings ? [...siblings].filter(file => file.path === path) : []
  }

  #find(path: string): Directory | undefined {
    let directory: Directory | undefined = this.#root
    for (const name of namesOf(path)) directory = directory?.children.get(name)
    return directory
  }
}

function handlesBelow(directory: Directory | undefined): OpenFile[] {
  return directory ? [...directory.files, ...[...directory.children.values()].flatMap(handlesBelow)] : []
}

function isEmpty(directory: Directory): boolean {
  return directory.files.size === 0 && directory.children.size === 0
}

function namesOf(path: string): string[] {
  return path.split(sep).filter(name => name !== '')
}
