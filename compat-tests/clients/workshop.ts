import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { outputOf } from '../command'
import type { CommandLine, StockClient } from './stock-client'

/** From the compiled place of this file: dist/compat-tests/clients. */
const SOURCES = path.join(__dirname, '../../../compat-tests/clients')

/** Some clients compile a C library at first. */
const PREPARE_TIMEOUT_MS = 1_800_000

/** What the programs of a language have in common lies beside them, here and in the cache. */
const CONTRACT = 'contract'

const STAMP = '.prepared'

/** Why a client cannot be tried here. */
export class CannotPrepare extends Error {}

/** Where programs of clients are installed and built: outside of the repository, and left there for the next run. */
export class Workshop {
  readonly #root = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'odradek-clients')

  /** Makes the program of a client ready; resolves to its folder. Rejects with {@link CannotPrepare}. */
  async prepare(client: StockClient): Promise<string> {
    for (const command of client.toolchain) await this.#try(`there is no ${command[0]}`, command, SOURCES)
    const source = path.join(SOURCES, client.folder)
    const folder = path.join(this.#root, client.name.replaceAll(/\W+/g, '-'))
    const stamp = path.join(folder, STAMP)
    const wanted = fingerprint(source, client)
    fs.cpSync(source, folder, { recursive: true })
    fs.cpSync(path.join(SOURCES, CONTRACT), path.join(this.#root, CONTRACT), { recursive: true })
    if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return folder
    fs.rmSync(stamp, { force: true })
    for (const command of client.prepare) await this.#try('it cannot be installed', command, folder)
    fs.writeFileSync(stamp, wanted)
    return folder
  }

  async #try(complaint: string, [program, ...args]: CommandLine, cwd: string): Promise<void> {
    try {
      await outputOf(program, args, { cwd, timeoutMs: PREPARE_TIMEOUT_MS })
    } catch (error) {
      throw new CannotPrepare(`${complaint}: ${(error as Error).message}`)
    }
  }
}

/** Of all that a program is installed and built from, and how. */
const fingerprint = (folder: string, client: StockClient): string => {
  const hash = createHash('sha256').update(JSON.stringify(client))
  for (const file of [...filesOf(folder), ...filesOf(path.join(SOURCES, CONTRACT))]) {
    if (client.inputs.test(file)) hash.update(`\n${path.relative(SOURCES, file)}\n`).update(fs.readFileSync(file))
  }
  return hash.digest('hex')
}

const filesOf = (folder: string): string[] => {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return names.map(name => path.join(folder, name)).filter(file => fs.statSync(file).isFile())
}
