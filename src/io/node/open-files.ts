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

  moved(from: string, to: string): void {
    const moving = this.#at(from)
    this.removed(to)
    for (const file of moving) {
      this.delete(file)
      file.movedTo(to + file.path.slice(from.length))
      this.add(file)
    }
  }

  removed(path: string): void {
    for (const file of this.#at(path)) {
      this.delete(file)
      file.lost()
    }
  }

  /** Handles of the file at `path`, or of all files below it when it is a directory. */
  #at(path: string): OpenFile[] {
    const siblings = this.#byDirectory.get(dirname(path)) ?? []
    const files = [...siblings].filter(file => file.path === path)
    if (files.length > 0) return files
    const below: OpenFile[] = []
    for (const [directory, inside] of this.#byDirectory) {
      if (directory === path || directory.startsWith(`${path}/`)) below.push(...inside)
    }
    return below
  }
}
