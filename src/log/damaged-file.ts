/** A file of a log directory does not hold what its format demands. `reason` is a sentence without the path. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
  readonly path: string
  readonly reason: string
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}
