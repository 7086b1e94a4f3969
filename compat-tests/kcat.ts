import { isInstalled, run } from './command'

/** A record in a line: topic, partition, offset, timestamp, key, value, headers. */
const FORMAT = '%t %p %o %T [%k] %s [%h]\\n'

/** Small, so that a few records make many batches. */
const BATCH_RECORDS = 25

export const hasKcat = (): boolean => isInstalled('kcat')

export interface KcatProduction {
  readonly topic: string
  readonly codec?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly isIdempotent?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Keys and values, `key:value`. */
  readonly lines: readonly string[]
}

/** Produces with acks=all to partition 0. */
export const kcatProduce = async (bootstrap: string, production: KcatProduction): Promise<void> => {
  const { topic, codec = 'none', isIdempotent = false, headers = {}, lines } = production
  const args = ['-P', '-b', bootstrap, '-t', topic, '-p', '0', '-K:', '-z', codec, '-X', 'acks=all']
  args.push('-X', `batch.num.messages=${BATCH_RECORDS}`)
  if (isIdempotent) args.push('-X', 'enable.idempotence=true')
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}=${value}`)
  await run('kcat', args, { input: lines.map(line => `${line}\n`).join('') })
}

/** All records of a topic, a line each, as a consumer sees them that reads to the end. */
export const kcatConsume = (
  bootstrap: string,
  topic: string,
  isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<string> => {
  const args = ['-C', '-b', bootstrap, '-t', topic, '-o', 'beginning', '-e', '-q', '-f', FORMAT]
  return run('kcat', [...args, '-X', `isolation.level=${isolation}`, '-X', 'check.crcs=true'])
}

/** Reads `count` records as a member of a consumer group, which commits them and leaves. */
export const kcatGroup = (bootstrap: string, group: string, topic: string, count: number): Promise<string> => {
  const args = [
    '-b',
    bootstrap,
    '-G',
    group,
    '-c',
    String(count),
    '-q',
    '-f',
    FORMAT,
    '-X',
    'auto.offset.reset=earliest',
  ]
  return run('kcat', [...args, topic])
}
