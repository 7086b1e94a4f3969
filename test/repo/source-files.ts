import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export const repositoryRoot = join(__dirname, '..', '..')

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly code: string
}

/** All TypeScript files below some folders of the repository, sorted. Git keeps no empty folders, so one may be missing. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders
    .filter(folder => existsSync(join(repositoryRoot, folder)))
    .flatMap(folder => readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({
      path: relative(repositoryRoot, path).split(sep).join('/'),
      code: readFileSync(path, 'utf8'),
    }))
}
