import { DiskError } from '../io/disk'
import { NodeDisk } from '../io/node/node-disk'
import { CommandFailure } from './command-failure'
import { dumpFile } from './dump'

/** The contents of files and folders of a log directory, in lines. */
export async function* dumpFiles(paths: readonly string[], records: boolean): AsyncGenerator<string> {
  const disk = new NodeDisk()
  for (const path of paths) {
    try {
      yield* dumpFile(path, { disk, records })
    } catch (error) {
      throw error instanceof DiskError ? new CommandFailure(error.message) : error
    }
  }
}
