import path from 'node:path'
import { onDisk } from '../broker/start-broker'
import { loadSettings, type SettingsArguments } from './broker-settings'
import { type ImportProgress, importLogs } from './import-logs'

/** Imports into the data directory that a broker with these settings would use. */
export async function* runImport(sources: readonly string[], options: SettingsArguments): AsyncGenerator<string> {
  const { logDirs, nodeId } = loadSettings(options).config
  const { platform, openStore } = onDisk()
  yield* importLogs({
    ...platform,
    sources: sources.map(source => path.resolve(source)),
    target: path.resolve(logDirs[0]!),
    nodeId,
    openStore,
    progress: await progress(),
  })
}

const progress = async (): Promise<ImportProgress> => {
  if (!process.stderr.isTTY) return { start() {}, advance() {}, stop() {} }
  const { ProgressBar } = await import('./progress-bar.js')
  return new ProgressBar()
}
