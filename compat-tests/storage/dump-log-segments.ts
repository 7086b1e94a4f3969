import fs from 'node:fs'
import path from 'node:path'
import { kafkaTool } from '../kafka'

const DATA_FILE = /\.(log|index|timeindex|txnindex|snapshot)$/
const INDEX_FILE = /\.(index|timeindex)$/
/** In what it prints of the files; everything else that is not in order it says on standard error. */
const COMPLAINT = /isvalid: (?!true)|exception|corrupt/i
/** It holds the first batch of every segment but the one at 0 for a gap, in files of Kafka, too. */
const FALSE_ALARM = /^Non-consecutive offsets in |^ *-1 is followed by|^$/
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
  const complaints: string[] = []
  /** What it prints but for records. */
  const dump = async (names: readonly string[], ...options: readonly string[]): Promise<string[]> => {
    const paths = names.map(name => path.join(folder, name)).join(',')
    try {
      const { stdout, stderr } = await kafkaTool(command, 'DumpLogSegments', ...options, '--files', paths)
      const lines = stdout.split('\n').filter(line => !line.startsWith(RECORD))
      complaints.push(...stderr.split('\n').filter(line => !FALSE_ALARM.test(line)))
      complaints.push(...lines.filter(line => COMPLAINT.test(line)))
      return lines
    } catch (error) {
      // It ends with an exception where it cannot read a file.
      complaints.push((error as Error).message.replace(/^.*? ended with/, 'it ended with'))
      return []
    }
  }
  const everything = await dump(files, '--deep-iteration', '--print-data-log')
  await dump(indexes, '--verify-index-only')
  const sane = await dump(indexes, '--index-sanity-check')
  const undumped = files.filter(name => !everything.includes(`Dumping ${path.join(folder, name)}`))
  const unsound = indexes.filter(name => !sane.includes(`${path.join(folder, name)} passed sanity check.`))
  return {
    files: files.length,
    codecs: [...new Set(everything.flatMap(line => /compresscodec: (\S+)/.exec(line)?.[1] ?? []))].sort(),
    complaints: [
      ...complaints,
      ...undumped.map(name => `${name} was not dumped`),
      ...unsound.map(name => `${name} did not pass the sanity check`),
    ],
  }
}
