import fs from 'node:fs'
import path from 'node:path'
import { kafkaTool } from '../kafka'

const DATA_FILE = /\.(log|index|timeindex|txnindex|snapshot)$/
const INDEX_FILE = /\.(index|timeindex)$/
/** What DumpLogSegments says of files that are not as they should be. */
const COMPLAINT =
  /mismatch|is followed by|out of order|isvalid: false|isvalid: null|exception|corrupt|invalid|not found|missing|larger than|smaller than/i
/** It holds the first batch of every segment but the one at 0 for a gap, also in files of Kafka. */
const FALSE_ALARM = /^ *-1 is followed by/

/** How the line of a record begins, which holds whatever was produced. */
const RECORD = '|'

export interface FolderDump {
  readonly files: number
  /** Names of the codecs of the batches. */
  readonly codecs: readonly string[]
  readonly complaints: readonly string[]
}

/**
 * Runs Kafka's DumpLogSegments over all files of the folder of a log: once with every record of every batch, once for each of its ways to
 * check indexes.
 */
export const dumpFolder = async (command: string, folder: string): Promise<FolderDump> => {
  const files = fs.readdirSync(folder).filter(name => DATA_FILE.test(name))
  const indexes = files.filter(name => INDEX_FILE.test(name))
  const dump = async (names: readonly string[], ...options: readonly string[]): Promise<string> => {
    const paths = names.map(name => path.join(folder, name)).join(',')
    try {
      const { stdout, stderr } = await kafkaTool(command, 'DumpLogSegments', ...options, '--files', paths)
      return `${stdout}\n${stderr}`
    } catch (error) {
      // It ends with an exception where it cannot read a file.
      return (error as Error).message
    }
  }
  const everything = await dump(files, '--deep-iteration', '--print-data-log')
  const checked = await dump(indexes, '--verify-index-only')
  const sane = await dump(indexes, '--index-sanity-check')
  const lines = `${everything}\n${checked}`.split('\n').filter(line => !line.startsWith(RECORD))
  const undumped = files.filter(name => !everything.includes(`Dumping ${path.join(folder, name)}\n`))
  const unsound = indexes.filter(name => !sane.includes(`${path.join(folder, name)} passed sanity check.`))
  return {
    files: files.length,
    codecs: [...new Set(lines.flatMap(line => /compresscodec: (\S+)/.exec(line)?.[1] ?? []))].sort(),
    complaints: [
      ...lines.filter(line => COMPLAINT.test(line) && !FALSE_ALARM.test(line)),
      ...undumped.map(name => `${name} was not dumped`),
      ...unsound.map(name => `${name} did not pass the sanity check`),
    ],
  }
}
