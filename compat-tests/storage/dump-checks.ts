import fs from 'node:fs'
import path from 'node:path'
import { dumpFolder } from './dump-log-segments'

const COMPLAINTS_SHOWN = 10
const KINDS = ['log', 'index', 'timeindex', 'txnindex', 'snapshot']

/** Throws when DumpLogSegments complains about the files of a log, or when they are not of the codecs that they should be. */
export const dumpWithoutComplaint = async (
  command: string,
  folder: string,
  wantedCodecs: readonly string[],
): Promise<string> => {
  const { files, codecs, complaints } = await dumpFolder(command, folder)
  if (complaints.length > 0) throw new Error(complaints.slice(0, COMPLAINTS_SHOWN).join('\n'))
  const lacking = wantedCodecs.filter(codec => !codecs.includes(codec))
  if (lacking.length > 0) throw new Error(`there are no batches with ${lacking}, only with ${codecs}`)
  const names = fs.readdirSync(folder)
  const counts = KINDS.map(kind => `${names.filter(name => name.endsWith(`.${kind}`)).length} .${kind}`)
  return `${files} files: ${counts.join(', ')}; codecs ${codecs.join(', ')}`
}

/** One byte, entry or number of a file is off by one. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer) => void>> = {
  log: bytes => bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1),
  index: bytes => bytes.writeInt32BE(bytes.readInt32BE(bytes.length - 4) - 1, bytes.length - 4),
  timeindex: bytes => bytes.writeBigInt64BE(bytes.readBigInt64BE(bytes.length - 12) + 1n, bytes.length - 12),
  snapshot: bytes => bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1),
}

/** Shows that the other check could fail: damages a copy of the folder below `scratch`, one file at a time. */
export const dumpWithComplaint = async (command: string, folder: string, scratch: string): Promise<string> => {
  const seen: string[] = []
  for (const [kind, damage] of Object.entries(DAMAGES)) {
    const copy = path.join(scratch, kind, path.basename(folder))
    fs.cpSync(folder, copy, { recursive: true })
    const name = fs.readdirSync(copy).find(file => file.endsWith(`.${kind}`))!
    const bytes = fs.readFileSync(path.join(copy, name))
    damage(bytes)
    fs.writeFileSync(path.join(copy, name), bytes)
    const { complaints } = await dumpFolder(command, copy)
    if (complaints.length === 0) throw new Error(`a damaged .${kind} is not noticed`)
    seen.push(`.${kind}: ${complaints[0]!.replaceAll(copy, '')}`)
  }
  return seen.join('\n')
}
