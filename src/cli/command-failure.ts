/** A command that cannot do what it was asked for, with a message for the person who asked. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  /** 1: it did not work out. 2: the command line or the configuration is wrong. */
  readonly exitCode: 1 | 2
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
