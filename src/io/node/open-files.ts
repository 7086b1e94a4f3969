import { dirname } from 'node:path'

/** A handle as the registry sees it. */
export interface OpenFile {
  readonly path: string
  movedTo(path: string): void
  /** The file is gone: removed, or replaced by another one. */
  lost(): void
}

/**
 * The open handles by directory, so that renames and removals made by path reach them: a handle whose descriptor was given up must be
 * reopened where its file is now, and must not be reopened at all when another file has taken the name.
 */
export class OpenFiles {
  readonly #byDirectory = new Map<string, Set<OpenFile>>()

  add(file: OpenFile): void {
    const directory = dirname(file.path)
    const files = this.#byDirectory.get(directory)
    if (files) files.add(file)
    else this.#byDirectory.set(directory, new Set([file]))
  }

  delete(file: OpenFile): void {
    const directory = dirname(file.path)
    const files = this.#byDirectory.get(directory)
    if (files?.delete(file) && files.size === 0) this.#byDirectory.delete(directory)
  }

  fileMoved(from: string, to: string): void {
    this.#forget(this.#handlesOf(to))
    this.#move(this.#handlesOf(from), from, to)
  }

  directoryMoved(from: string, to: string): void {
    this.#move(this.#handlesBelow(from), from, to)
  }

  fileRemoved(path: string): void {
    this.#forget(this.#handlesOf(path))
  }

  directoryRemoved(path: string): void {
    this.#forget(this.#handlesBelow(path))
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
    const siblings = this.#byDirectory.get(dirname(path))
    return siblings ? [...siblings].filter(file => file.path === path) : []
  }

  /** Looks at every directory with open files: rare calls, so that the frequent ones need no tree. */
  #handlesBelow(path: string): OpenFile[] {
    const files: OpenFile[] = []
    for (const [directory, inside] of this.#byDirectory) {
      if (directory === path || directory.startsWith(`${path}/`)) files.push(...inside)
    }
    return files
  }
}
